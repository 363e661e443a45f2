package io.platypus.preparer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
    @ParameterizedTest
    @CsvSource({
        "{app}/{app}_{version}.tar.gz,             slug/slug_1.tar.gz",
        "{version}.tar.gz,                         1.tar.gz",
        "{app}:{version},                          slug:1",
        "{os}/{arch}/{app}-{version}.tar.gz,       linux/amd64/slug-1.tar.gz",
        "pool/{app}/{version}/a..b.tar.gz?raw=1,   pool/slug/1/a..b.tar.gz?raw=1",
    })
    void fillsInWhatItKnows(String pattern, String expected) {
        assertThat(
                        UrlTemplate.of(pattern, "Linux", "x86_64")
                                .of(new AppName("slug"), new Version("1")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"amd64, amd64", "x86_64, amd64", "aarch64, arm64", "riscv64, riscv64"})
    void namesArchitecturesAsPackagesDo(String osArch, String expected) {
        assertThat(UrlTemplate.of("{version}", "Linux", osArch).arch()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{app}.tar.gz",
                "{App}/{version}",
                "{version}{",
                "{version}/../x",
                "{version}/%2e%2e/x",
                "/{version}",
                "//host/{version}",
                "https://host/{version}",
                "{version}#x",
                "{version} x"
            })
    void refusesWhatCannotWork(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UrlTemplate.of(pattern, "Linux", "amd64"));
    }
}
