package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class CredentialsIT {
    private static final String TOKEN = "s3cr3t-t0k3n";

    @TempDir Path home;

    private final List<Headers> received = new CopyOnWriteArrayList<>();
    private TestRepository server;
    private TestRepository other;
    private Path file;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        server = new TestRepository();
        other = new TestRepository();
        server.at("/a", this::record);
        other.at("/b", this::record);
        file = home.resolve("credentials");
        source =
                new RepositorySource(
                        new Repository(server.url()),
                        new HttpSettings(
                                Duration.ofSeconds(5),
                                0,
                                Optional.of(file),
                                Optional.empty(),
                                Optional::empty));
    }

    @AfterEach
    void stop() {
        server.close();
        other.close();
    }

    @Test
    void sendsEachServerItsOwn() throws Exception {
        write(
                "# ours",
                "",
                server.url() + " bearer " + TOKEN,
                server.url() + "  header X-Api-Key: k1 k2",
                other.url().toString().replaceAll("/$", "") + " basic me:pass:word");

        open(server, "/a");
        open(other, "/b");

        assertThat(received.get(0).getFirst("Authorization")).isEqualTo("Bearer " + TOKEN);
        assertThat(received.get(0).getFirst("X-Api-Key")).isEqualTo("k1 k2");
        assertThat(decoded(received.get(1))).isEqualTo("me:pass:word");
        assertThat(received.get(1)).doesNotContainKey("X-Api-Key");
    }

    @Test
    void readsTheFileAnewEachTime() throws Exception {
        write(server.url() + " bearer old");
        open(server, "/a");
        write(server.url() + " bearer new");
        open(server, "/a");

        assertThat(received)
                .extracting(h -> h.getFirst("Authorization"))
                .containsExactly("Bearer old", "Bearer new");
    }

    @Test
    void takesNothingAlongToAnotherServerAndNothingBack() throws Exception {
        write(
                server.url() + " bearer " + TOKEN,
                server.url() + " header X-Api-Key: " + TOKEN,
                other.url() + " bearer others");
        server.at("/r", redirect(other.url() + "b"));

        open(server, "/r");

        assertThat(received).hasSize(1);
        assertThat(received.get(0)).doesNotContainKeys("Authorization", "X-Api-Key");
    }

    @Test
    void takesNothingAlongToAnotherNameOfTheSameServer() throws Exception {
        write(server.url() + " bearer " + TOKEN, server.url() + " header X-Api-Key: " + TOKEN);
        server.at("/r", redirect("http://localhost:" + server.url().getPort() + "/a"));

        open(server, "/r");

        assertThat(received).hasSize(1);
        assertThat(received.get(0)).doesNotContainKeys("Authorization", "X-Api-Key");
    }

    @Test
    void asksNobodyElseForTheWayBack() throws Exception {
        write(server.url() + " bearer " + TOKEN, other.url() + " bearer others");
        server.at("/r", redirect(other.url() + "back"));
        other.at("/back", redirect(server.url() + "a"));

        open(server, "/r");

        assertThat(received).hasSize(1);
        assertThat(received.get(0)).doesNotContainKey("Authorization");
    }

    @Test
    void takesThemAlongOnTheSameServer() throws Exception {
        write(server.url() + " bearer " + TOKEN);
        server.at("/r", redirect("/a"));

        open(server, "/r");

        assertThat(received.get(0).getFirst("Authorization")).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void neverShowsThem(CapturedOutput output) throws Exception {
        write(server.url() + " bearer " + TOKEN);
        server.at("/a", TestRepository.status(401));

        Fetch fetch = source.open(server.url().resolve("/a?token=" + TOKEN));

        assertThat(fetch).isInstanceOf(Fetch.Unreachable.class);
        assertThat(fetch.toString()).doesNotContain(TOKEN);
        assertThat(output.getAll()).doesNotContain(TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-rw----", "rw-----w-"})
    void refusesAFileThatOthersMayReadOrChange(String mode) throws Exception {
        write(server.url() + " bearer " + TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThat(source.open(server.url().resolve("/a")))
                .isEqualTo(
                        new Fetch.NoCredentials(
                                file + ": others may read or change the credentials: chmod 600"));
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h bearer",
                "http://h s3cr3t-t0k3n x",
                "http://h basic s3cr3t-t0k3n",
                "http://h header s3cr3t-t0k3n",
                "http://h header Host: s3cr3t-t0k3n",
                "http://h header X: s3cr3t-t0k3n\u0007",
                "http://h/path bearer s3cr3t-t0k3n",
                "http://me@h bearer s3cr3t-t0k3n",
                "h bearer s3cr3t-t0k3n",
                "ftp://h bearer s3cr3t-t0k3n"
            })
    void refusesALineThatMakesNoSenseWithoutQuotingIt(String line) throws Exception {
        write("# first", line);

        assertThat(source.open(server.url().resolve("/a")))
                .isEqualTo(
                        new Fetch.NoCredentials(file + ": line 2 is no credentials of a server"));
    }

    @Test
    void goesNowhereWithoutTheFile() throws Exception {
        assertThat(source.open(server.url().resolve("/a"))).isInstanceOf(Fetch.NoCredentials.class);
        assertThat(received).isEmpty();
    }

    private void record(HttpExchange exchange) throws IOException {
        received.add(exchange.getRequestHeaders());
        exchange.sendResponseHeaders(200, -1);
    }

    private void write(String... lines) throws IOException {
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void open(TestRepository at, String path) throws Exception {
        Fetch fetch = source.open(at.url().resolve(path));
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        ((Fetch.Opened) fetch).close();
    }

    private static String decoded(Headers headers) {
        String basic = headers.getFirst("Authorization").substring("Basic ".length());
        return new String(
                Base64.getDecoder().decode(basic), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static TestRepository.Behaviour redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }
}
