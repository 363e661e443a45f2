package io.platypus.setlive.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every lease must keep, whoever it is that shares it. */
@Timeout(120)
abstract class LeaseContract {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    final List<AppName> woken = new CopyOnWriteArrayList<>();

    /** One of those who share the lease. */
    record Rival(String name, Lease lease, Claim claim) {
        Rival with(Claim other) {
            return new Rival(name, lease, other);
        }

        boolean take() throws Exception {
            return lease.take(claim) instanceof Lease.Answer.Granted;
        }

        String busy() throws Exception {
            return ((Lease.Answer.Busy) lease.take(claim)).message();
        }

        boolean confirmed() throws Exception {
            return lease.confirm(claim) instanceof Lease.Answer.Granted;
        }

        boolean holds() {
            return lease.holds(claim.app());
        }

        void release() {
            lease.release(claim.app());
        }
    }

    /** Another one that shares the lease with those made before. */
    abstract Rival rival(String name) throws Exception;

    /** Ends a rival without a word, and lets the time pass that it may block others. */
    abstract void lose(Rival rival) throws Exception;

    void wake(AppName app) {
        woken.add(app);
    }

    static Claim claim(String app) {
        return claim(app, 1);
    }

    static Claim claim(String app, int maxUnavailable) {
        return Claim.of(
                Intents.of(app, Path.of("/srv/" + app))
                        .active("7")
                        .maxUnavailable(maxUnavailable)
                        .intent(),
                Cause.VERSION);
    }

    @Test
    void isHeldByOneAtATimeAndByItsHolderAgain() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        assertThat(a.holds()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(b.holds()).isFalse();
        assertThat(b.confirmed()).isFalse();
        assertThat(a.take()).isTrue();
        assertThat(a.confirmed()).isTrue();
        a.release();
        assertThat(a.holds()).isFalse();
        assertThat(a.confirmed()).isFalse();
        await().atMost(PATIENCE).until(b::take);
        assertThat(b.holds()).isTrue();
    }

    @Test
    void aReleaseByAnotherChangesNothing() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        b.release();
        assertThat(a.holds()).isTrue();
        assertThat(b.take()).isFalse();
    }

    @Test
    void isGivenInTheOrderOfTheFirstRequest() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(c.take()).isFalse();
        a.release();
        await().atMost(PATIENCE)
                .until(() -> {
                    assertThat(c.take()).isFalse();
                    return b.take();
                });
    }

    @Test
    void aReleaseGivesUpThePlaceInTheQueue() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(c.take()).isFalse();
        b.release();
        a.release();
        await().atMost(PATIENCE).until(c::take);
    }

    @Test
    void whoTakesItAgainAfterAReleaseStandsBehindThoseWhoWait() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        a.release();
        assertThat(a.take()).isFalse();
        assertThat(b.take()).isTrue();
    }

    @Test
    void aHolderAndAWaiterThatAreLostBlockNobodyForEver() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        lose(a);
        lose(b);
        assertThat(a.holds()).isFalse();
        await().atMost(PATIENCE).until(c::take);
    }

    @Test
    void whoWaitsIsWokenAndToldWhoHoldsIt() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        assertThat(b.busy()).contains("a ", "0 more wait");
        a.release();
        await().atMost(PATIENCE).until(() -> woken.contains(b.claim().app()));
        await().atMost(PATIENCE).until(b::take);
    }
}
