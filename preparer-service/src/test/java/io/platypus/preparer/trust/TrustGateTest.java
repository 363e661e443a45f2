package io.platypus.preparer.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.trust.Distrust.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrustGateTest {
    @TempDir Path home;

    private TrustFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new TrustFixture(home);
    }

    @Test
    void asksForNothingWhereNothingIsAskedFor() throws Exception {
        fixture.policy = TrustPolicy.NONE;
        fixture.signature("no signature at all");

        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void asksForADigestFromIntentOrFromAFile() throws Exception {
        fixture.policy = TrustPolicy.CHECKSUM;
        assertThat(kind(Optional.empty())).hasValue(Kind.CHECKSUM_MISSING);

        assertThat(kind(Optional.of(sha256()))).isEmpty();

        Files.writeString(fixture.repo.resolve("SHA256SUMS"), sha256() + "  slug_1.tar.gz\n");
        assertThat(kind(Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TrustPolicy.class)
    void neverAcceptsAnotherDigestThanIsKnown(TrustPolicy policy) throws Exception {
        TestKey key = TestKey.primary();
        fixture.key(
                "build.gpg", TestKey.packets(key, TestKey.NAME, key.certify(TestKey.CREATED, 3)));
        fixture.signature(TestKey.packets(key.document(TrustFixture.CONTENT, _ -> {})));
        fixture.policy = policy;
        assertThat(kind(Optional.of(sha256()))).isEmpty();

        assertThat(kind(Optional.of("0".repeat(64)))).hasValue(Kind.CHECKSUM_MISMATCH);

        Files.writeString(fixture.repo.resolve("slug_1.tar.gz.sha256"), "0".repeat(64));
        assertThat(kind(Optional.empty())).hasValue(Kind.CHECKSUM_MISMATCH);
    }

    @Test
    void takesNoDigestForASignature() throws Exception {
        fixture.policy = TrustPolicy.SIGNATURE;

        assertThat(kind(Optional.of(sha256()))).hasValue(Kind.SIGNATURE_MISSING);
    }

    private Optional<Kind> kind(Optional<String> intended) throws Exception {
        return fixture.judge(fixture.artifact(), intended).map(Distrust::kind);
    }

    private static String sha256() throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(TrustFixture.CONTENT));
    }
}
