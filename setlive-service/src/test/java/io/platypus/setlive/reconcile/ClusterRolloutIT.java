package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import io.platypus.intent.Probe;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.lease.ClusterLease;
import io.platypus.setlive.lease.QueueWatch;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulLocks;
import io.platypus.store.consul.ConsulServiceCatalog;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes and one real Consul. Its check of every instance passes all the time, whatever runs:
 * the worst that a slow check can do.
 */
@Timeout(180)
class ClusterRolloutIT {
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path disk;
    private final ConsulAgent consul = ConsulAgent.start();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node.Agent> agents = new ArrayList<>();
    private final AtomicInteger leastUp = new AtomicInteger(Integer.MAX_VALUE);
    private final Set<Reason> seen = ConcurrentHashMap.newKeySet();
    private final ServerSocket port;

    ClusterRolloutIT() throws Exception {
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void threeNodesWithTheFirstVersion() throws Exception {
        for (String name : List.of("web1", "web2", "web3")) {
            Node node = new Node(disk.resolve(name), name);
            node.install("slug", "1", "");
            node.install("slug", "2", "");
            node.supervisor.afterStop(() -> leastUp.accumulateAndGet(running(), Math::min));
            nodes.add(node);
            agents.add(agent(node));
        }
        converge("1", 0, 1);
        awaitPassing(3);
        leastUp.set(Integer.MAX_VALUE);
        seen.clear();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
        for (Node node : nodes) {
            node.close();
        }
        port.close();
        consul.close();
    }

    private Node.Agent agent(Node node) {
        ConsulSettings settings = ConsulSettings.of(consul.url());
        ConsulServiceCatalog catalog = new ConsulServiceCatalog(settings);
        ConsulIntentStore store = new ConsulIntentStore(settings);
        ConsulLocks locks = new ConsulLocks(settings);
        ClusterLease lease =
                new ClusterLease(
                        locks,
                        node.name,
                        new QueueWatch(store, _ -> {}),
                        new ClusterLease.Timing(System::nanoTime, Clock.systemUTC(), TTL));
        parts.addAll(List.of(catalog, store, locks, lease));
        return node.agent(node.supervisor, catalog, lease);
    }

    private Intents intents(int node, String version, int minNodes, int maxUnavailable) {
        return Intents.of("slug", nodes.get(node).disk.resolve("slug"))
                .active(version)
                .health(new Probe.Tcp(port.getLocalPort()), Duration.ofMillis(200), 1)
                .minNodes(minNodes)
                .maxUnavailable(maxUnavailable);
    }

    private int running() {
        return (int) nodes.stream().filter(n -> n.supervisor.process("slug").isPresent()).count();
    }

    private boolean runsEverywhere(String version) {
        return nodes.stream()
                .allMatch(n ->
                        n.supervisor
                                .process("slug")
                                .filter(note -> note.install().endsWith("slug_" + version))
                                .isPresent());
    }

    private void awaitPassing(int instances) {
        Pattern id = Pattern.compile("\"ID\": *\"platypus-web[123]-slug\"");
        await().atMost(PATIENCE)
                .until(() ->
                        id.matcher(consul.send("GET", "/v1/health/service/slug?passing", ""))
                                        .results()
                                        .count()
                                == instances);
    }

    private void converge(String version, int minNodes, int maxUnavailable) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                Target target = intents(i, version, minNodes, maxUnavailable).target();
                Node.Agent agent = agents.get(i);
                ends.add(
                        threads.submit(() -> {
                            while (agent.pass(target) instanceof Outcome.Held held) {
                                seen.add(held.reason());
                                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                            }
                            return null;
                        }));
            }
            for (Future<?> end : ends) {
                end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aRolloutTakesNoMoreThanOneInstanceAtATime() throws Exception {
        converge("2", 0, 1);
        assertThat(runsEverywhere("2")).isTrue();
        assertThat(leastUp).hasValue(2);
    }

    @Test
    void minNodesHoldsAlsoWhereMoreMayBeDownAtOnce() throws Exception {
        converge("2", 2, 3);
        assertThat(runsEverywhere("2")).isTrue();
        assertThat(leastUp).hasValue(2);
    }

    /** Nobody is to be alarmed by a rollout that goes as it should. */
    @Test
    void aRolloutOfAClusterWithoutOneToSpareWaitsAndIsNeverBlocked() throws Exception {
        converge("2", 2, 1);
        assertThat(seen)
                .contains(SetliveReason.WAITING_FOR_LEASE)
                .doesNotContain(SetliveReason.MIN_NODES);
    }

    @Test
    void withoutAMinimumAsManyMayBeDownAsMaxUnavailableSays() throws Exception {
        Outcome first = agents.get(0).pass(intents(0, "2", 0, 2).target(), new TestPass(), 2);
        Outcome second = agents.get(1).pass(intents(1, "2", 0, 2).target(), new TestPass(), 2);
        assertThat(List.of(first, second)).containsOnly(Outcome.done());
        assertThat(running()).isEqualTo(1);
        assertThat(reason(agents.get(2).pass(intents(2, "2", 0, 2).target())))
                .isEqualTo(SetliveReason.WAITING_FOR_LEASE);
    }

    @Test
    void whoWaitsSaysForWhomAndSinceWhen() throws Exception {
        agents.get(0).pass(intents(0, "2", 0, 1).target(), new TestPass(), 2);
        Outcome.Held held = (Outcome.Held) agents.get(1).pass(intents(1, "2", 0, 1).target());
        assertThat(held.state()).isEqualTo(ConvergenceState.CONVERGING);
        assertThat(held.reason()).isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(held.message()).contains("web1 since ", "version 2", "cause version");
    }

    /** The check of a slow catalog would show it healthy for as long as it pleases. */
    @Test
    void whatACrashedAgentHasStoppedCountsForNothingWhenItsLeaseIsOver() throws Exception {
        agents.get(0).pass(intents(0, "2", 2, 3).target(), new TestPass(), 2);
        assertThat(running()).isEqualTo(2);
        endSessions();
        for (int i = 1; i < 3; i++) {
            Target target = intents(i, "2", 2, 3).target();
            Outcome.Held held = (Outcome.Held) agents.get(i).pass(target);
            assertThat(held.reason()).isEqualTo(SetliveReason.MIN_NODES);
            assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
            assertThat(held.message()).contains("web1 in maintenance");
        }
        assertThat(running()).isEqualTo(2);
        agents.set(0, agent(nodes.get(0)));
        converge("2", 2, 3);
        assertThat(leastUp).hasValue(2);
    }

    private void endSessions() {
        Pattern.compile("\"ID\": *\"([^\"]+)\"")
                .matcher(consul.send("GET", "/v1/session/list", ""))
                .results()
                .forEach(found -> consul.send("PUT", "/v1/session/destroy/" + found.group(1), ""));
    }

    @Test
    void aNewLifeOfTheAgentHoldsTheLeaseWhileItStartsWhatTheLastOneStopped() throws Exception {
        Target target = intents(0, "2", 0, 1).target();
        agents.get(0).pass(target, new TestPass(), 2);
        Node.Agent again = agent(nodes.get(0));
        assertThat(again.plan(target).get(2)).isInstanceOf(ActivationStep.Start.class);
        again.pass(target, new TestPass(), 3);
        assertThat(again.lease().holds(new AppName("slug"))).isTrue();
        assertThat(reason(agents.get(1).pass(intents(1, "2", 0, 1).target())))
                .isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(again.pass(target)).isEqualTo(Outcome.done());
        assertThat(again.lease().holds(new AppName("slug"))).isFalse();
    }

    @Test
    void nothingIsStoppedWhileConsulIsAway() throws Exception {
        consul.stop();
        for (int i = 0; i < 3; i++) {
            assertThat(reason(agents.get(i).pass(intents(i, "2", 1, 1).target())))
                    .isEqualTo(CommonReason.STORE_UNREACHABLE);
        }
        assertThat(running()).isEqualTo(3);
    }

    @Test
    void aStopWhoseLeaseWentAwayAfterTheGrantIsNotMade() throws Exception {
        Target target = intents(0, "2", 1, 1).target();
        List<ActivationStep> plan = agents.get(0).plan(target);
        assertThat(agents.get(0).reconciler().act(target, plan.get(0), new TestPass()))
                .isEqualTo(Outcome.done());
        endSessions();
        assertThat(reason(agents.get(0).reconciler().act(target, plan.get(1), new TestPass())))
                .isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(running()).isEqualTo(3);
    }

    @Test
    void aClusterThatLosesItsHealthAfterTheGrantKeepsTheInstance() throws Exception {
        Target target = intents(0, "2", 2, 1).target();
        List<ActivationStep> plan = agents.get(0).plan(target);
        assertThat(agents.get(0).reconciler().act(target, plan.get(0), new TestPass()))
                .isEqualTo(Outcome.done());
        consul.send(
                "PUT",
                "/v1/agent/service/maintenance/platypus-web2-slug?enable=true&reason=disk",
                "");
        assertThat(reason(agents.get(0).reconciler().act(target, plan.get(1), new TestPass())))
                .isEqualTo(SetliveReason.MIN_NODES);
        assertThat(running()).isEqualTo(3);
    }

    @Test
    void whatIsUnassignedGoesUnderTheRulesOfTheClusterThatItLeaves() throws Exception {
        Target gone = new Target.Unassigned(new AppName("slug"));
        for (int i = 0; i < 3; i++) {
            var intent = intents(i, "1", 2, 3).intent();
            nodes.get(i).documents = (_, _) -> intent;
        }
        for (int i = 0; i < 3; i++) {
            agents.set(i, agent(nodes.get(i)));
        }
        assertThat(agents.get(0).pass(gone)).isEqualTo(Outcome.done());
        assertThat(reason(agents.get(1).pass(gone))).isEqualTo(SetliveReason.MIN_NODES);
        assertThat(running()).isEqualTo(2);
    }

    @Test
    void aRequestRestartsEveryInstanceOnceAndItsEndNone() throws Exception {
        List<Long> before = pids();
        nodes.forEach(node -> node.request = Optional.of("42"));
        converge("1", 2, 1);
        List<Long> after = pids();
        assertThat(after).doesNotContainAnyElementsOf(before);
        assertThat(leastUp).hasValue(2);
        assertThat(agents.get(0).restarts("request")).isEqualTo(1);
        // A new life of the agent sees in the world that it is done.
        agents.set(0, agent(nodes.get(0)));
        converge("1", 2, 1);
        nodes.forEach(node -> node.request = Optional.empty());
        converge("1", 2, 1);
        assertThat(pids()).isEqualTo(after);
        assertThat(consul.send("GET", "/v1/agent/services", ""))
                .containsPattern("\"platypus-restart\": *\"42\"");
    }

    private List<Long> pids() {
        return nodes.stream()
                .map(node -> node.supervisor.process("slug").orElseThrow().pid())
                .toList();
    }

    private static Object reason(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        return ((Outcome.Held) outcome).reason();
    }
}
