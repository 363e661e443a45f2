package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OciManifestTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void readsLayersWithAndWithoutATitle() throws Exception {
        String layers =
                """
                {"layers": [
                  {"digest": "sha256:%1$s", "size": 5,
                   "annotations": {"org.opencontainers.image.title": "a.tar.gz"}},
                  {"digest": "sha256:%1$s", "size": 0, "urls": ["http://elsewhere"]}]}
                """
                        .formatted(HEX);

        assertThat(OciManifest.parse(layers.getBytes(StandardCharsets.UTF_8)).layers())
                .containsExactly(
                        new OciManifest.Layer(HEX, 5, "a.tar.gz"),
                        new OciManifest.Layer(HEX, 0, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "null",
                "{}",
                "{\"layers\": []}",
                "{\"layers\": {}}",
                "{\"layers\": [1]}",
                "{\"layers\": [{\"digest\": \"sha256:HEX\"}]}",
                "{\"layers\": [{\"digest\": \"sha256:HEX\", \"size\": -1}]}",
                "{\"layers\": [{\"digest\": \"sha256:HEX\", \"size\": \"5\"}]}",
                "{\"layers\": [{\"digest\": \"sha256:HEX\", \"size\": 1e99}]}",
                "{\"layers\": [{\"digest\": \"sha256:HEX/../../x\", \"size\": 5}]}",
                "{\"layers\": [{\"digest\": \"sha512:HEXHEX\", \"size\": 5}]}",
                "{\"layers\": [{\"digest\": \"sha256:\", \"size\": 5}]}",
                "{\"manifests\": [{\"digest\": \"sha256:HEX\", \"size\": 5}]}"
            })
    void refusesWhatCannotBeInstalledFrom(String document) {
        byte[] bytes = document.replace("HEX", HEX).getBytes(StandardCharsets.UTF_8);

        assertThatExceptionOfType(OciManifest.UnusableException.class)
                .isThrownBy(() -> OciManifest.parse(bytes));
    }

    @Test
    void refusesOneThatIsNestedBeyondReason() {
        byte[] bytes = "[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8);

        assertThatExceptionOfType(OciManifest.UnusableException.class)
                .isThrownBy(() -> OciManifest.parse(bytes));
    }
}
