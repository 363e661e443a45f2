package io.platypus.setlive.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The lease that the apps of one node share. */
class LocalLeaseTest extends LeaseContract {
    /** About to overflow, as a monotonic clock may at any time. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final LocalLease lease = new LocalLease(nanos::get, this::wake);

    @Override
    Rival rival(String name) {
        return new Rival(name, lease, claim(name));
    }

    @Override
    void lose(Rival rival) {
        nanos.addAndGet(rival.claim().longest().toNanos());
    }

    @Test
    void aWaiterThatDoesNotComeBackLosesItsPlace() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        a.release();
        assertThat(c.take()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(16).toNanos());
        assertThat(c.take()).isTrue();
    }
}
