package io.platypus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Intended;
import io.platypus.intent.NodeName;
import io.platypus.intent.UnusableIntent;
import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.store.directory.DirectoryIntentStore;
import io.platypus.testing.FreshDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeWatchTest {
    private static final NodeName NODE = new NodeName("web1");

    private FreshDirectory directory;
    private Path root;
    private WatchedStore store;
    private NodeWatch watch;
    private final List<NodeView> views = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        directory = FreshDirectory.make();
        root = Files.createDirectory(directory.path().resolve("intent"));
        store = new WatchedStore(new DirectoryIntentStore(root));
        watch = new NodeWatch(store, NODE, Clock.systemUTC(), views::add);
    }

    @AfterEach
    void stop() throws IOException {
        watch.close();
        store.close();
        directory.close();
    }

    private void write(String key, String json) throws IOException {
        Path file = root.resolve(key + ".json");
        Files.createDirectories(file.resolveSibling(""));
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(temporary, json);
        Files.move(temporary, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private void app(String app) throws IOException {
        write("clusters/" + app + "/c/config", "{\"versions\": {\"v1\": \"active\"}}");
        write("clusters/" + app + "/c/deploy_config", "{\"basedir\": \"/srv/" + app + "\"}");
        write("nodes/web1/" + app, "{\"cluster\": \"c\"}");
    }

    private Map<String, Intended> apps() {
        return views.isEmpty() ? Map.of() : views.getLast().intent().apps();
    }

    private void awaitUsable(int count) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    assertThat(apps()).hasSize(count);
                    assertThat(apps().values()).allMatch(AppIntent.class::isInstance);
                });
    }

    @Test
    void showsNothingByHalves() throws IOException {
        for (int i = 0; i < 20; i++) {
            app("app" + i);
        }
        watch.start();
        awaitUsable(20);
        assertThat(views).hasSize(1);
    }

    @Test
    void seesEachChangeOnceAndNoneWhereThereIsNone() throws IOException {
        app("slug");
        watch.start();
        awaitUsable(1);
        NodeView first = views.getLast();

        write("clusters/slug/c/config", "{\"versions\": {\"v2\": \"active\"}}");
        await().until(() -> views.size() == 2);
        NodeView second = views.getLast();
        assertThat(second.indexes().get("slug")).isGreaterThan(first.indexes().get("slug"));

        write("clusters/slug/other/config", "{}");
        write("nodes/web10/slug", "{\"cluster\": \"c\"}");
        write("reality/web1/toy", "{}");
        await().during(Duration.ofMillis(500)).until(() -> views.size() == 2);
    }

    @Test
    void manyClustersAreFollowedByOneWatchAndFewByOneEach() throws IOException {
        for (int i = 0; i < 40; i++) {
            app("app" + i);
        }
        watch.start();
        awaitUsable(40);
        await().until(() -> store.awaited().size() == 41);

        app("app40");
        awaitUsable(41);
        await().until(() -> store.awaited().equals(Set.of("nodes/web1/", "clusters/")));
        NodeView before = views.getLast();

        // Neighbours' changes are seen by this watch, and move nobody's index.
        write("clusters/neighbour/c/config", "{}");
        write("clusters/app7/c/config", "{\"versions\": {\"v2\": \"active\"}}");
        await().until(() -> !views.getLast().equals(before));
        NodeView after = views.getLast();
        assertThat(after.indexes().get("app7")).isGreaterThan(before.indexes().get("app7"));
        assertThat(after.indexes().get("app8")).isEqualTo(before.indexes().get("app8"));

        // One that the watch has already read.
        app("app41");
        awaitUsable(42);
        Files.delete(root.resolve("nodes/web1/app41.json"));
        Files.delete(root.resolve("nodes/web1/app40.json"));
        awaitUsable(40);
        await().until(() -> store.awaited().size() == 41);
        write("clusters/app3/c/config", "{");
        await().until(() -> !(apps().get("app3") instanceof AppIntent));
    }

    @Test
    void aDefectOrAStrayInterruptEndsNoWatch() throws IOException {
        app("slug");
        store.defect = true;
        watch.start();
        await().until(() -> store.defects >= 2);
        assertThat(watch.status().up()).isFalse();
        store.defect = false;
        awaitUsable(1);
        assertThat(watch.status().up()).isTrue();

        store.awaiting.values().forEach(Thread::interrupt);
        app("other");
        awaitUsable(2);
    }

    @Test
    void aClusterThatCannotBeReadHidesNoOther() throws IOException {
        app("slug");
        app("secret");
        store.refused = "clusters/secret/c/";
        watch.start();
        await().until(() -> apps().size() == 2);
        assertThat(apps().get("slug")).isInstanceOf(AppIntent.class);
        assertThat(apps().get("secret")).isNotInstanceOf(AppIntent.class);
        assertThat(watch.status().up()).isTrue();

        store.refused = "";
        awaitUsable(2);
    }

    @Test
    void aClusterThatCannotBeReadForLongIsNotTakenForWhatItWas() throws IOException {
        app("slug");
        app("secret");
        StoreGate gate = new StoreGate(Clock.systemUTC(), store.describe());
        try (var impatient = new NodeWatch(store, NODE, gate, Duration.ofMillis(300), views::add)) {
            impatient.start();
            awaitUsable(2);

            store.refused = "clusters/secret/c/";
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !(apps().get("secret") instanceof AppIntent));
            assertThat(apps().get("slug")).isInstanceOf(AppIntent.class);
            assertThat(apps().get("secret"))
                    .asInstanceOf(InstanceOfAssertFactories.type(UnusableIntent.class))
                    .extracting(UnusableIntent::problem)
                    .isEqualTo(UnusableIntent.Problem.INTENT_MISSING);

            store.refused = "";
            awaitUsable(2);
        }
    }

    @Test
    void anOutageOfTheStoreMakesNoClusterOutdated() throws IOException {
        app("slug");
        StoreGate gate = new StoreGate(Clock.systemUTC(), store.describe());
        try (var impatient = new NodeWatch(store, NODE, gate, Duration.ZERO, views::add)) {
            impatient.start();
            awaitUsable(1);

            store.allRefused = true;
            await().until(() -> !impatient.status().up());
            await().during(Duration.ofSeconds(2)).until(() -> views.size() == 1);
        }
    }

    @Test
    void anOutageChangesNothingAndItsEndIsSeenThoughNothingChanged() throws IOException {
        app("slug");
        watch.start();
        awaitUsable(1);

        store.refused = "nodes/web1/";
        await().until(() -> !watch.status().up());
        assertThat(watch.status().error().orElse("")).contains("refused");
        assertThat(views).hasSize(1);

        store.refused = "";
        await().atMost(Duration.ofSeconds(20)).until(() -> watch.status().up());
        assertThat(views).hasSize(1);
    }

    /** Knows which prefixes are being waited for, and fails on demand. */
    private static final class WatchedStore implements IntentStore {
        private final IntentStore real;
        final Map<String, Thread> awaiting = new ConcurrentHashMap<>();
        volatile String refused = "";
        volatile boolean allRefused;
        volatile boolean defect;
        volatile int defects;

        WatchedStore(IntentStore real) {
            this.real = real;
        }

        Set<String> awaited() {
            return Set.copyOf(awaiting.keySet());
        }

        @Override
        public Listing list(String prefix, Consistency consistency)
                throws StoreException, InterruptedException {
            refuse(prefix);
            return real.list(prefix, consistency);
        }

        @Override
        public Listing await(String prefix, Listing seen, Duration wait)
                throws StoreException, InterruptedException {
            awaiting.put(prefix, Thread.currentThread());
            try {
                long end = System.nanoTime() + wait.toNanos();
                Listing now = seen;
                while (now.entries().equals(seen.entries()) && System.nanoTime() < end) {
                    refuse(prefix);
                    now = real.await(prefix, seen, Duration.ofMillis(50));
                }
                return now;
            } finally {
                awaiting.remove(prefix);
            }
        }

        private synchronized void refuse(String prefix) throws StoreException {
            if (defect) {
                defects++;
                throw new IllegalStateException("a store's defect");
            }
            if (allRefused || prefix.equals(refused)) {
                throw new StoreException("list " + prefix + ": refused");
            }
        }

        @Override
        public String describe() {
            return real.describe();
        }

        @Override
        public Optional<Entry> get(String key, Consistency consistency)
                throws StoreException, InterruptedException {
            return real.get(key, consistency);
        }

        @Override
        public boolean commit(List<Write> writes) throws StoreException, InterruptedException {
            return real.commit(writes);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
