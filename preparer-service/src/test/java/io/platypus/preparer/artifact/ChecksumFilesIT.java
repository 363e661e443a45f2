package io.platypus.preparer.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ChecksumFilesIT {
    private static final String HEX =
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final String OTHER =
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    private TestRepository server;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        server = new TestRepository();
        source = new RepositorySource(new Repository(server.url()), Duration.ofSeconds(2));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HEX,
                HEX + "\n",
                HEX + "  slug_1.tar.gz\n",
                HEX + " *slug_1.tar.gz\r\n",
                HEX + "  dist/slug_1.tar.gz",
                "SHA256 (slug_1.tar.gz) = " + HEX,
                OTHER + "  x.tar.gz\n" + HEX + "  slug_1.tar.gz",
                OTHER + "  xslug_1.tar.gz\n" + HEX + "  slug_1.tar.gz"
            })
    void readsWhatSha256sumWrites(String content) throws Exception {
        server.at("/slug/slug_1.tar.gz.sha256", TestRepository.content(content.getBytes(UTF_8)));

        assertThat(find())
                .isEqualTo(new Digest.Known(HEX, server.url() + "slug/slug_1.tar.gz.sha256"));
    }

    @Test
    void takesUpperCaseDigitsToo() throws Exception {
        String upper = HEX.toUpperCase(java.util.Locale.ROOT);
        server.at("/slug/slug_1.tar.gz.sha256", TestRepository.content(upper.getBytes(UTF_8)));

        assertThat(find())
                .isInstanceOfSatisfying(
                        Digest.Known.class, known -> assertThat(known.sha256()).isEqualTo(HEX));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403})
    void looksIntoTheListWhenThereIsNoFileOfItsOwn(int status) throws Exception {
        String list = OTHER + "  slug_0.tar.gz\n" + HEX + "  slug_1.tar.gz\n";
        server.at("/slug/slug_1.tar.gz.sha256", TestRepository.status(status));
        server.at("/slug/SHA256SUMS", TestRepository.content(list.getBytes(UTF_8)));

        assertThat(find()).isEqualTo(new Digest.Known(HEX, server.url() + "slug/SHA256SUMS"));
    }

    @Test
    void doesWithout() throws Exception {
        assertThat(find()).isEqualTo(new Digest.Any());

        server.at("/slug/SHA256SUMS", TestRepository.content((OTHER + "  x\n").getBytes(UTF_8)));
        assertThat(find()).isEqualTo(new Digest.Any());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>welcome</html>", "abc  slug_1.tar.gz", OTHER + "  other"})
    void trustsNoFileOfItsOwnThatDoesNotSay(String content) throws Exception {
        server.at("/slug/slug_1.tar.gz.sha256", TestRepository.content(content.getBytes(UTF_8)));

        assertThat(find()).isInstanceOf(Digest.Lacking.class);
    }

    @Test
    void takesTroubleForNoAnswer() throws Exception {
        for (var trouble :
                new TestRepository.Behaviour[] {
                    TestRepository.status(500),
                    server.silent(),
                    server.stalling(HEX.getBytes(UTF_8), 30)
                }) {
            server.at("/slug/slug_1.tar.gz.sha256", trouble);

            assertThat(find()).isInstanceOf(Digest.Unknown.class);
        }
    }

    private Digest find() throws InterruptedException {
        URI artifact = server.url().resolve("slug/slug_1.tar.gz?sig=x");
        return new ChecksumFiles(source).find(artifact);
    }
}
