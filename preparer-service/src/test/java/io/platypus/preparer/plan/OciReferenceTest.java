package io.platypus.preparer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OciReferenceTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "oci://r/slug:1,                     r,      slug,          1",
        "oci://r:5000/team/a.b/slug:v1.0_X-, r:5000, team/a.b/slug, v1.0_X-",
        "oci://r/a__b/c--d:_1,               r,      a__b/c--d,     _1",
    })
    void takesATag(String url, String registry, String name, String tag) {
        assertThat(OciReference.of(URI.create(url)))
                .hasValue(new OciReference(registry, name, tag));
    }

    @Test
    void takesADigestRatherThanATag() {
        for (String reference : new String[] {"@" + DIGEST, ":1.0@" + DIGEST}) {
            var known = OciReference.of(URI.create("oci://r/team/slug" + reference)).orElseThrow();

            assertThat(known).isEqualTo(new OciReference("r", "team/slug", DIGEST));
            assertThat(known.isDigest()).isTrue();
            assertThat(known.lastName()).isEqualTo("slug");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oci://r/slug",
                "oci://r/slug:",
                "oci://r/slug:.1",
                "oci://r/:1",
                "oci://r/Slug:1",
                "oci://r//slug:1",
                "oci://r/../slug:1",
                "oci://r/%2e%2e/slug:1",
                "oci://r/a/slug:1/x",
                "oci://r/slug:1?x=y",
                "oci://r/slug:1#x",
                "oci://me@r/slug:1",
                "oci:///slug:1",
                "oci://r/slug@sha256:0123",
                "oci://r/slug@sha512:0123456789abcdef0123456789abcdef",
                "oci://r",
                "oci:r/slug:1"
            })
    void takesNothingElse(String url) {
        assertThat(OciReference.of(URI.create(url))).isEmpty();
    }

    @Test
    void takesNoNameBeyondReason() {
        assertThat(OciReference.of(URI.create("oci://r/" + "a".repeat(256) + ":1"))).isEmpty();
        assertThat(OciReference.of(URI.create("oci://r/a:" + "1".repeat(129)))).isEmpty();
    }
}
