package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinimumRateTest {
    private long now;

    @Test
    void givesUpOnAServerThatSendsAByteNowAndThen() {
        var body = new MinimumRate(arriving(1_000, Duration.ofSeconds(29)), 1, () -> now);

        assertThatIOException()
                .isThrownBy(body::readAllBytes)
                .withMessage("received 3 bytes in 87 s, less than min-rate asks for (1 a second)");
    }

    @Test
    void givesUpOnOneThatBecomesSlow() throws Exception {
        var body = new MinimumRate(arriving(1_000, Duration.ofMillis(10)), 50, () -> now);

        assertThat(body.readNBytes(500)).hasSize(500);
        arrival = Duration.ofMillis(500);

        assertThatIOException().isThrownBy(body::readAllBytes);
    }

    @Test
    void outlastsAPauseOfOneThatIsFastEnoughOverAMinute() throws Exception {
        var body = new MinimumRate(arriving(200, Duration.ofSeconds(1)), 1, () -> now);

        assertThat(body.readAllBytes()).hasSize(200);
    }

    @Test
    void doesNotCountWhatTheReaderTakes() throws Exception {
        var body = new MinimumRate(arriving(100, Duration.ofMillis(1)), 1, () -> now);

        for (int i = 0; i < 100; i++) {
            assertThat(body.read()).isZero();
            now += Duration.ofMinutes(5).toNanos();
        }
        assertThat(body.read()).isEqualTo(-1);
    }

    private Duration arrival = Duration.ZERO;

    /** So many bytes, each of which takes so long. */
    private InputStream arriving(int bytes, Duration each) {
        arrival = each;
        return new ByteArrayInputStream(new byte[bytes]) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                now += arrival.toNanos();
                return super.read(into, offset, Math.min(length, 1));
            }
        };
    }
}
