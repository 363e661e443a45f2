package io.platypus.setlive.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.NodeName;
import io.platypus.lock.Locks;
import io.platypus.setlive.plan.Claim;
import io.platypus.store.StoreException;
import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulLocks;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lease that all nodes share, on a real Consul. */
class ClusterLeaseIT extends LeaseContract {
    private static final ConsulAgent CONSUL = ConsulAgent.start();
    private static final Duration TTL = Duration.ofSeconds(10);

    /** As long as Consul may take to end a session, and as a loaded machine needs beside it. */
    private static final Duration EXPIRY = TTL.multipliedBy(2).plusSeconds(40);

    private final AtomicLong skipped = new AtomicLong();
    private final List<AutoCloseable> parts = new ArrayList<>();

    @AfterAll
    static void stop() {
        CONSUL.close();
    }

    @BeforeEach
    void clear() {
        CONSUL.clear();
        sessions("[a-z0-9]+").forEach(ClusterLeaseIT::destroy);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
    }

    @Override
    Rival rival(String name) {
        return new Rival(name, lease(name, CONSUL.url()), claim("slug"));
    }

    private ClusterLease lease(String node, URI consul) {
        ConsulLocks locks = new ConsulLocks(ConsulSettings.of(consul));
        parts.add(locks);
        return lease(node, consul, locks);
    }

    private ClusterLease lease(String node, URI consul, Locks locks) {
        ConsulIntentStore store = new ConsulIntentStore(ConsulSettings.of(consul));
        ClusterLease lease =
                new ClusterLease(
                        locks,
                        new NodeName(node),
                        new QueueWatch(store, this::wake),
                        new ClusterLease.Timing(
                                () -> System.nanoTime() + skipped.get(), Clock.systemUTC(), TTL));
        parts.add(store);
        parts.add(lease);
        return lease;
    }

    /** As the crash of its machine would: the session ends, and nobody is told. */
    @Override
    void lose(Rival rival) {
        destroySession(rival);
        skipped.addAndGet(rival.claim().longest().toNanos());
    }

    private static void destroySession(Rival rival) {
        sessions(rival.name()).forEach(ClusterLeaseIT::destroy);
    }

    private static void destroy(String session) {
        CONSUL.send("PUT", "/v1/session/destroy/" + session, "");
    }

    private static List<String> sessions(String node) {
        String all =
                CONSUL.send("GET", "/v1/session/list", "")
                        .replaceAll("\\s*([{}:,\\[\\]])\\s*", "$1");
        return Pattern.compile("\"ID\":\"([^\"]+)\",\"Name\":\"setlive " + node + "\"")
                .matcher(all)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void neverMoreHoldersThanMayBeDownAndEachGetsItsTurn(int size) throws Exception {
        int nodes = 8;
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(nodes)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                Rival rival = rival("web" + i).with(claim("slug", size));
                ends.add(
                        threads.submit(() -> {
                            for (int turn = 0; turn < 3; turn++) {
                                await().atMost(Duration.ofSeconds(90))
                                        .pollDelay(Duration.ZERO)
                                        .pollInterval(Duration.ofMillis(20))
                                        .until(() -> rival.take() && rival.confirmed());
                                most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                                assertThat(rival.confirmed()).isTrue();
                                holders.decrementAndGet();
                                rival.release();
                                turns.incrementAndGet();
                            }
                            return null;
                        }));
            }
            for (Future<?> end : ends) {
                end.get(110, TimeUnit.SECONDS);
            }
        }
        assertThat(turns).hasValue(nodes * 3);
        assertThat(most.get()).isBetween(1, size);
    }

    @Test
    void aPauseLongerThanTheTimeOfTheLeaseEndsItHere() throws Exception {
        Rival a = rival("a");
        assertThat(a.take()).isTrue();
        assertThat(a.holds()).isTrue();
        skipped.addAndGet(TTL.toNanos());
        assertThat(a.holds()).isFalse();
    }

    @Test
    void whoseSessionIsEndedByOthersSeesItRightBeforeTheStopAndSoonAnyway() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        destroySession(a);
        assertThat(b.take()).isTrue();
        assertThat(a.confirmed()).isFalse();
        assertThat(a.holds()).isFalse();
        Rival c = rival("c").with(claim("snail"));
        assertThat(c.take()).isTrue();
        destroySession(c);
        await().atMost(PATIENCE).until(() -> !c.holds());
        assertThat(woken).contains(c.claim().app());
        assertThat(c.take()).isTrue();
    }

    @Test
    void aConsulThatLosesItsStateTakesTheLeaseWithIt() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        CONSUL.restart();
        assertThat(a.confirmed()).isFalse();
        assertThat(a.holds()).isFalse();
        assertThat(b.take()).isTrue();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> !a.busy().isEmpty());
    }

    @Test
    void whileConsulStandsStillNothingIsHeldForLongerThanItsTime() throws Exception {
        Rival a = rival("a");
        assertThat(a.take()).isTrue();
        signal("STOP");
        try {
            await().atMost(TTL.plusSeconds(20)).until(() -> !a.holds());
            assertThatThrownBy(a::confirmed).isInstanceOf(StoreException.class);
        } finally {
            signal("CONT");
        }
        await().atMost(EXPIRY).ignoreExceptions().until(() -> a.take() && a.holds());
    }

    private static void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + CONSUL.pid()).start().waitFor())
                .isZero();
    }

    /** What all of this is for: whoever is cut off stops believing before anybody else begins. */
    @Test
    void aHolderThatIsCutOffStopsBelievingBeforeTheNextOneIsGranted() throws Exception {
        Relay relay = new Relay(CONSUL.url());
        parts.add(relay);
        Rival a = new Rival("a", lease("a", relay.url()), claim("slug"));
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        relay.cut();
        await().atMost(EXPIRY)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    boolean believed = a.holds();
                    boolean granted = b.take();
                    assertThat(granted && a.holds()).isFalse();
                    return granted && !believed;
                });
        assertThatThrownBy(a::confirmed).isInstanceOf(StoreException.class);
        relay.mend();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> a.busy().contains("b since"));
    }

    @Test
    void aNewLifeOfTheAgentTakesUpWhatTheLastOneHeldAndNobodyPassesIt() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        Rival again = rival("a");
        again.lease().resume(again.claim());
        assertThat(again.holds()).isTrue();
        assertThat(again.confirmed()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(a.confirmed()).isFalse();
        a.release();
        assertThat(again.confirmed()).isTrue();
        again.release();
        await().atMost(PATIENCE).until(b::take);
    }

    @Test
    void aNewLifeThatFindsNothingTakesNothing() throws Exception {
        Rival a = rival("a");
        a.lease().resume(a.claim());
        assertThat(a.holds()).isFalse();
        assertThat(sessions("a")).isEmpty();
    }

    @Test
    void aNewLifeTakesThePlaceOfTheLastOneWithoutDelay() throws Exception {
        Rival a = rival("a");
        assertThat(a.take()).isTrue();
        destroySession(a);
        // A lock-delay would keep the key from everybody for 15 s.
        assertThat(rival("a").take()).isTrue();
    }

    @Test
    void aCleanEndGivesUpPlacesAndLeavesWhatIsHeldToTheNextLife() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(c.take()).isFalse();
        b.lease().close();
        assertThat(sessions("b")).isEmpty();
        a.lease().close();
        assertThat(a.holds()).isFalse();
        assertThat(sessions("a")).hasSize(1);
        assertThat(c.busy()).contains("a since", "version 7", "cause version", "0 more wait");
        Rival again = rival("a");
        again.lease().resume(again.claim());
        again.release();
        await().atMost(PATIENCE).until(c::take);
    }

    @Test
    void anAgentThatNeedsNoLeaseHasNoSession() throws Exception {
        Rival a = rival("a");
        assertThat(a.take()).isTrue();
        assertThat(sessions("a")).hasSize(1);
        a.release();
        await().atMost(PATIENCE).until(() -> sessions("a").isEmpty());
        assertThat(a.take()).isTrue();
    }

    @Test
    void aPlaceThatNobodyAsksForAnyMoreIsGivenUp() throws Exception {
        Rival a = rival("a");
        Rival b = rival("b");
        Rival c = rival("c");
        assertThat(a.take()).isTrue();
        assertThat(b.take()).isFalse();
        assertThat(c.take()).isFalse();
        skipped.addAndGet(ClusterLease.PLACE_KEPT.toNanos());
        await().atMost(PATIENCE)
                .until(() -> {
                    assertThat(a.take()).isTrue();
                    return c.busy().contains("0 more wait");
                });
    }

    @Test
    void anotherLimitHoldsFromTheNextLookOn() throws Exception {
        Rival a = rival("a").with(claim("slug", 2));
        Rival b = rival("b").with(claim("slug", 2));
        Rival c = rival("c").with(claim("slug", 2));
        assertThat(a.take()).isTrue();
        assertThat(b.lease().take(b.claim())).isEqualTo(new Lease.Answer.Granted(Set.of("a")));
        assertThat(c.take()).isFalse();
        assertThat(b.with(claim("slug", 1)).take()).isFalse();
        assertThat(b.holds()).isFalse();
        assertThat(c.with(claim("slug", 3)).take()).isTrue();
    }

    /** The agent ends before or after each of its requests, one after the other. */
    @Test
    void aCrashAtAnyRequestBlocksNobodyForLongerThanTheSessionLives() throws Exception {
        int most = 8;
        for (int requests = 0; requests < most; requests++) {
            for (boolean done : new boolean[] {false, true}) {
                MortalLocks locks =
                        new MortalLocks(
                                new ConsulLocks(ConsulSettings.of(CONSUL.url())), requests, done);
                parts.add(locks);
                Claim claim = claim("slug" + requests + done);
                ClusterLease lease = lease("a", CONSUL.url(), locks);
                assertThatThrownBy(
                                () -> {
                                    while (true) {
                                        lease.take(claim);
                                        lease.confirm(claim);
                                    }
                                })
                        .isInstanceOf(MortalLocks.Death.class);
            }
        }
        for (int requests = 0; requests < most; requests++) {
            for (boolean done : new boolean[] {false, true}) {
                Rival b = rival("b").with(claim("slug" + requests + done));
                await().atMost(EXPIRY).pollInterval(Duration.ofMillis(500)).until(b::take);
            }
        }
    }
}
