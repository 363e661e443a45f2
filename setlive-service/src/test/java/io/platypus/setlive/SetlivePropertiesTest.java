package io.platypus.setlive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.setlive.SetliveProperties.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    @Test
    void refusesATimeForLeasesThatConsulDoesNotTake() {
        for (Duration bad : List.of(Duration.ofMillis(9_999), Duration.ofHours(2))) {
            assertThatThrownBy(() -> properties(Kind.PROCESS, null, null, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("platypus.setlive.lease-ttl must be 10s to 1h");
        }
    }

    private static SetliveProperties properties(
            Kind supervisor, @Nullable Path config, @Nullable Path stage) {
        return properties(supervisor, config, stage, Duration.ofSeconds(15));
    }

    private static SetliveProperties properties(
            Kind supervisor, @Nullable Path config, @Nullable Path stage, Duration leaseTtl) {
        return new SetliveProperties(
                supervisor,
                config,
                Path.of("/etc/service"),
                stage,
                "servicebuilder",
                new SetliveProperties.Log(DataSize.ofMegabytes(10), 10),
                false,
                Duration.ofSeconds(30),
                leaseTtl);
    }
}
