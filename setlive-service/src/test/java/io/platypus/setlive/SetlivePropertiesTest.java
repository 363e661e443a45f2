package io.platypus.setlive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.setlive.SetliveProperties.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SetlivePropertiesTest {
    private static final Path SOME = Path.of("/somewhere");

    @Test
    void refusesWhatTheChosenSupervisorWouldNeverRead() {
        assertThatThrownBy(() -> properties(Kind.PROCESS, SOME, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-runit");
        assertThatThrownBy(() -> properties(Kind.PROCESS, null, SOME))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(properties(Kind.PROCESS, null, null).config()).isNull();
        assertThat(properties(Kind.RUNIT, SOME, SOME).config()).isEqualTo(SOME);
    }

    private static SetliveProperties properties(
            Kind supervisor, @Nullable Path config, @Nullable Path stage) {
        return new SetliveProperties(
                supervisor,
                config,
                Path.of("/etc/service"),
                stage,
                "servicebuilder",
                new SetliveProperties.Log(DataSize.ofMegabytes(10), 10),
                false,
                Duration.ofSeconds(30));
    }
}
