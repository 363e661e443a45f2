package io.platypus.store.consul;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.store.Consistency;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.testing.ConsulAgent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent in development mode loses everything in a restart, its index included. */
@Timeout(120)
class ConsulRestartIT {
    private static final String PREFIX = "nodes/web1/";
    private static final Duration LONG = Duration.ofSeconds(50);

    private final ConsulAgent agent = ConsulAgent.start();
    private final ConsulIntentStore store = new ConsulIntentStore(ConsulSettings.of(agent.url()));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        store.close();
        agent.close();
    }

    @Test
    void indexThatGoesBackwardsIsNotWaitedFor() throws Exception {
        Listing seen = fill(60);
        agent.restart();

        // Consul holds a query for an index that it has not reached, for all of its time.
        Listing lost = store.await(PREFIX, seen, Duration.ofSeconds(1));
        assertThat(lost.entries()).isEmpty();
        assertThat(lost.index()).isLessThan(seen.index());

        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, lost, LONG));
        awaitBlocked(waiting);
        put("0");
        assertThat(waiting.get(5, SECONDS).entries()).hasSize(1);
    }

    @Test
    void restartInTheMiddleOfAWatchEndsItAndTheNextOneReadsAfresh() throws Exception {
        Listing seen = fill(60);
        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, seen, LONG));
        awaitBlocked(waiting);

        agent.stop();

        assertThatThrownBy(() -> waiting.get(10, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining("/v1/kv/nodes/web1/")
                // An agent that stops gives up its leadership before it closes its connections: the
                // JDK's client, which asks once more, may get that for an answer.
                .hasMessageMatching(
                        ".*(is the Consul agent running|the agent closed the connection"
                                + "|answered 500: No cluster leader).*");
        assertThatThrownBy(() -> store.list(PREFIX, Consistency.STALE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is the Consul agent running?");
        agent.begin();
        // The same index would sleep through this for all of its time.
        Future<Listing> again = threads.submit(() -> store.await(PREFIX, seen, LONG));
        assertThat(again.get(5, SECONDS).entries()).isEmpty();
    }

    @Test
    void agentThatIsKilledInTheMiddleOfAWatchEndsIt() throws Exception {
        Listing seen = fill(1);
        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, seen, LONG));
        awaitBlocked(waiting);

        agent.kill();

        assertThatThrownBy(() -> waiting.get(5, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.class)
                // The JDK's client asks once more, on a new connection: refused by now, or cut as
                // well.
                .hasMessageMatching(
                        ".*(is the Consul agent running|the agent closed the connection).*");
    }

    private Listing fill(int writes) throws Exception {
        for (int i = 0; i < writes; i++) {
            put("v" + i);
        }
        return store.list(PREFIX, Consistency.CONSISTENT);
    }

    private void put(String value) throws Exception {
        store.commit(List.of(new Write.Put("nodes/web1/slug", value, Write.ANY)));
    }

    private static void awaitBlocked(Future<?> waiting) {
        Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(waiting.isDone()).isFalse();
    }
}
