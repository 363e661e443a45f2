package io.platypus.setlive.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppIntent;
import io.platypus.setlive.Intents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalLeaseTest {
    private static final AppIntent A = app("a");
    private static final AppIntent B = app("b");
    private static final AppIntent C = app("c");
    private static final Duration HOLD = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final LocalLease lease = new LocalLease(nanos::get);

    @Test
    void isHeldByOneAtATimeAndRenewedByItsHolder() throws InterruptedException {
        assertThat(take(A)).isTrue();
        assertThat(take(B)).isFalse();
        assertThat(take(A)).isTrue();
        assertThat(lease.holds(A.app())).isTrue();
        assertThat(lease.holds(B.app())).isFalse();
        lease.release(A.app());
        assertThat(lease.holds(A.app())).isFalse();
        assertThat(take(B)).isTrue();
    }

    @Test
    void aReleaseByAnotherChangesNothing() throws InterruptedException {
        take(A);
        lease.release(B.app());
        assertThat(lease.holds(A.app())).isTrue();
    }

    @Test
    void isGivenInTheOrderOfTheFirstRequest() throws InterruptedException {
        take(A);
        take(B);
        take(C);
        lease.release(A.app());
        assertThat(take(C)).isFalse();
        assertThat(take(B)).isTrue();
    }

    @Test
    void aWaiterThatDoesNotComeBackLosesItsPlace() throws InterruptedException {
        take(A);
        take(B);
        lease.release(A.app());
        assertThat(take(C)).isFalse();
        nanos.addAndGet(Duration.ofSeconds(16).toNanos());
        assertThat(take(C)).isTrue();
    }

    @Test
    void endsByItselfForAHolderThatIsLost() throws InterruptedException {
        take(A);
        nanos.addAndGet(HOLD.toNanos());
        assertThat(lease.holds(A.app())).isFalse();
        assertThat(take(B)).isTrue();
    }

    @Test
    void anInterruptedWaiterGivesUpItsPlaceAndTheNextIsWokenByTheRelease() throws InterruptedException {
        LocalLease real = new LocalLease(System::nanoTime);
        real.take(A, Duration.ZERO, HOLD);
        List<String> granted = new CopyOnWriteArrayList<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread c = waiter(real, C, granted, interrupted);
        await().until(() -> c.getState() == Thread.State.TIMED_WAITING);
        Thread b = waiter(real, B, granted, interrupted);
        await().until(() -> b.getState() == Thread.State.TIMED_WAITING);
        c.interrupt();
        await().untilTrue(interrupted);
        real.release(A.app());
        await().until(() -> granted.equals(List.of("b")));
        assertThat(b.join(Duration.ofSeconds(5))).isTrue();
        assertThat(c.join(Duration.ofSeconds(5))).isTrue();
    }

    private static Thread waiter(
            LocalLease lease, AppIntent app, List<String> granted, AtomicBoolean interrupted) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        if (lease.take(app, Duration.ofSeconds(30), HOLD)
                                instanceof Lease.Answer.Granted) {
                            granted.add(app.name());
                        }
                    } catch (InterruptedException _) {
                        interrupted.set(true);
                    }
                });
    }

    private boolean take(AppIntent app) throws InterruptedException {
        return lease.take(app, Duration.ZERO, HOLD) instanceof Lease.Answer.Granted;
    }

    private static AppIntent app(String name) {
        return Intents.of(name, Path.of("/srv/" + name)).active("1").intent();
    }
}
