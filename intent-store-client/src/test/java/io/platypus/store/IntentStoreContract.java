package io.platypus.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link IntentStore} must do. */
@Timeout(120)
public abstract class IntentStoreContract {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final String PREFIX = "nodes/web1/";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private IntentStore store;
    private IntentStore other;

    /** Empties the place and returns a client of it. */
    protected abstract IntentStore emptyStore() throws Exception;

    /** One more client of the same place, without emptying it. */
    protected abstract IntentStore anotherClient() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = emptyStore();
        other = anotherClient();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        store.close();
        other.close();
        assertThat(threads.awaitTermination(10, SECONDS)).isTrue();
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        assertThat(put("nodes/web1/slug", "{\"cluster\": \"a\"}", Write.ABSENT)).isTrue();

        Entry entry = other.get("nodes/web1/slug", Consistency.CONSISTENT).orElseThrow();

        assertThat(entry.key()).isEqualTo("nodes/web1/slug");
        assertThat(entry.value()).isEqualTo("{\"cluster\": \"a\"}");
        assertThat(entry.version()).isPositive();
        assertThat(list(PREFIX).entries()).isEqualTo(new TreeMap<>(Map.of(entry.key(), entry)));
        assertThat(list(PREFIX).index()).isPositive();
    }

    @Test
    void sentinelIsADocumentLikeAnyOther() throws Exception {
        put("nodes/web1/.node", "{}", Write.ABSENT);

        assertThat(list(PREFIX).entries()).containsOnlyKeys("nodes/web1/.node");
    }

    @Test
    void whatIsAbsentIsEmptyAndNoError() throws Exception {
        put("nodes/other/slug", "{}", Write.ANY);

        assertThat(store.get("nodes/web1/slug", Consistency.CONSISTENT)).isEmpty();
        assertThat(store.get("nodes/other", Consistency.STALE)).isEmpty();
        assertThat(list(PREFIX).entries()).isEmpty();
        assertThat(list("clusters/slug/dev/").entries()).isEmpty();
    }

    @Test
    void neighbouringHostIsNotRead() throws Exception {
        put("nodes/web1/slug", "one", Write.ANY);
        put("nodes/web10/slug", "ten", Write.ANY);
        put("nodes/web1", "a document named like the prefix", Write.ANY);

        assertThat(list(PREFIX).entries()).containsOnlyKeys("nodes/web1/slug");
        assertThat(list("nodes/web10/").entries()).containsOnlyKeys("nodes/web10/slug");
    }

    @Test
    void listsAllLevelsBelowAPrefix() throws Exception {
        put("clusters/slug/dev/config", "1", Write.ANY);
        put("clusters/slug/dev/deploy_config", "2", Write.ANY);
        put("clusters/slug/prod/config", "3", Write.ANY);

        assertThat(list("clusters/").entries())
                .containsOnlyKeys(
                        "clusters/slug/dev/config",
                        "clusters/slug/dev/deploy_config",
                        "clusters/slug/prod/config");
    }

    @Test
    void prefixWithoutSlashAndKeysThatAreNoneAreDefects() {
        for (String prefix : List.of("", "/", "nodes/web1", "nodes//", "../", "nodes/../x/")) {
            assertThatThrownBy(() -> list(prefix))
                    .as(prefix)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String key :
                List.of("", "/a", "a/", "a//b", "../a", "a/..", "a b", "a?b", "a\u0000")) {
            assertThatThrownBy(() -> put(key, "", Write.ANY))
                    .as(key)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.get(key, Consistency.STALE))
                    .as(key)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void expectedVersionMustBeThere() throws Exception {
        assertThat(put("a/k", "1", 12_345)).isFalse();
        assertThat(store.get("a/k", Consistency.CONSISTENT)).isEmpty();
        assertThat(put("a/k", "1", Write.ABSENT)).isTrue();
        assertThat(put("a/k", "2", Write.ABSENT)).isFalse();
        long first = version("a/k");
        assertThat(put("a/k", "2", first)).isTrue();
        assertThat(put("a/k", "3", first)).isFalse();
        assertThat(version("a/k")).isNotEqualTo(first);
        assertThat(put("a/k", "4", Write.ANY)).isTrue();
        assertThat(value("a/k")).contains("4");
    }

    @Test
    void deletesWithAndWithoutExpectation() throws Exception {
        put("a/k", "1", Write.ANY);
        assertThat(store.commit(List.of(new Write.Delete("a/k", Write.ABSENT)))).isFalse();
        assertThat(store.commit(List.of(new Write.Delete("a/k", 12_345)))).isFalse();
        assertThat(value("a/k")).contains("1");
        assertThat(store.commit(List.of(new Write.Delete("a/k", version("a/k"))))).isTrue();
        assertThat(value("a/k")).isEmpty();
        put("a/k", "2", Write.ABSENT);
        assertThat(store.commit(List.of(new Write.Delete("a/k", Write.ANY)))).isTrue();
        assertThat(value("a/k")).isEmpty();
        assertThat(list("a/").entries()).isEmpty();
    }

    @Test
    void deletingWhatIsAbsentIsNoConflict() throws Exception {
        for (long expected : List.of(Write.ABSENT, Write.ANY, 7L)) {
            assertThat(store.commit(List.of(new Write.Delete("a/k", expected)))).isTrue();
        }
    }

    @Test
    void makesAllWritesOrNone() throws Exception {
        put("a/present", "old", Write.ANY);
        put("a/doomed", "old", Write.ANY);

        boolean made =
                store.commit(
                        List.of(
                                new Write.Put("a/new", "x", Write.ABSENT),
                                new Write.Delete("a/doomed", Write.ANY),
                                new Write.Put("a/present", "x", Write.ABSENT)));

        assertThat(made).isFalse();
        assertThat(value("a/new")).isEmpty();
        assertThat(value("a/doomed")).contains("old");
        assertThat(value("a/present")).contains("old");
        assertThat(
                        store.commit(
                                List.of(
                                        new Write.Put("a/new", "x", Write.ABSENT),
                                        new Write.Delete("a/doomed", Write.ANY),
                                        new Write.Put("a/present", "y", version("a/present")))))
                .isTrue();
        assertThat(list("a/").entries().values().stream().map(Entry::value))
                .containsExactly("x", "y");
    }

    @Test
    void readersSeeAllWritesOfACommitOrNone() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        store.commit(pair(0));
        Future<Integer> reader =
                threads.submit(() -> {
                    int seen = 0;
                    while (!done.get()) {
                        Listing listing = other.list("a/", Consistency.CONSISTENT);
                        assertThat(listing.entries().values().stream().map(Entry::value))
                                .hasSize(3)
                                .containsOnly(value(listing, "a/0"));
                        seen++;
                    }
                    return seen;
                });
        for (int i = 1; i <= 200; i++) {
            assertThat(store.commit(pair(i))).isTrue();
        }
        done.set(true);
        assertThat(reader.get(20, SECONDS)).isPositive();
    }

    private static List<Write> pair(int value) {
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writes.add(new Write.Put("a/" + i, "v" + value, Write.ANY));
        }
        return writes;
    }

    @Test
    void refusesCommitsThatAreNone() {
        List<Write> tooMany = new ArrayList<>();
        for (int i = 0; i <= IntentStore.MAX_WRITES; i++) {
            tooMany.add(new Write.Put("a/" + i, "", Write.ANY));
        }
        Write write = new Write.Put("a/k", "", Write.ANY);
        for (List<Write> writes : List.of(List.<Write>of(), tooMany, List.of(write, write))) {
            assertThatThrownBy(() -> store.commit(writes))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesValuesUpToTheLimitAndRefusesLongerOnes() throws Exception {
        String longest = "ж".repeat(IntentStore.MAX_VALUE_BYTES / 2);

        assertThat(put("a/long", longest, Write.ABSENT)).isTrue();
        assertThat(value("a/long")).contains(longest);
        assertThat(put("a/long", "", version("a/long"))).isTrue();
        assertThat(value("a/long")).contains("");
        assertThatThrownBy(() -> put("a/long", longest + "x", Write.ANY))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a/long")
                .hasMessageContaining("512 KiB");
    }

    @Test
    void keepsTextOfEveryScript() throws Exception {
        String text = "{\"name\": \"grün ключ 鍵 🗝 \\u0000 \\\"\n\t\"}";

        put("nodes/web1/slug", text, Write.ANY);

        assertThat(value("nodes/web1/slug")).contains(text);
        assertThat(value(list(PREFIX), "nodes/web1/slug")).isEqualTo(text);
    }

    @Test
    void carriesAThousandApps() throws Exception {
        writeApps(1_000);

        Listing all = list(PREFIX);
        assertThat(all.entries()).hasSize(1_000);
        assertThat(value(all, "nodes/web1/app-999")).isEqualTo("value 999");

        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, all, LONG));
        awaitBlocked(waiting);
        other.commit(List.of(new Write.Put("nodes/web1/app-500", "new", Write.ANY)));
        assertThat(value(waiting.get(10, SECONDS), "nodes/web1/app-500")).isEqualTo("new");
    }

    private void writeApps(int count) throws Exception {
        List<Write> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new Write.Put("nodes/web1/app-" + i, "value " + i, Write.ABSENT));
            if (batch.size() == IntentStore.MAX_WRITES || i == count - 1) {
                assertThat(store.commit(batch)).isTrue();
                batch.clear();
            }
        }
    }

    @Test
    void awaitReturnsAtOnceWhenWhatWasSeenIsOld() throws Exception {
        Listing empty = list(PREFIX);
        put("nodes/web1/slug", "1", Write.ANY);

        long start = System.nanoTime();
        Listing first = store.await(PREFIX, empty, LONG);
        assertThat(first.entries()).containsOnlyKeys("nodes/web1/slug");
        assertThat(store.await(PREFIX, new Listing(0, new TreeMap<>()), LONG).entries())
                .isEqualTo(first.entries());
        assertThat(store.await(PREFIX, new Listing(first.index(), new TreeMap<>()), Duration.ZERO))
                .isEqualTo(first);
        assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(5));
    }

    @Test
    void awaitWakesForEachKindOfChange() throws Exception {
        put("nodes/web1/.node", "{}", Write.ANY);
        Listing seen = list(PREFIX);

        seen = wokenBy(seen, new Write.Put("nodes/web1/slug", "1", Write.ABSENT));
        assertThat(value(seen, "nodes/web1/slug")).isEqualTo("1");
        seen = wokenBy(seen, new Write.Put("nodes/web1/slug", "2", Write.ANY));
        assertThat(value(seen, "nodes/web1/slug")).isEqualTo("2");
        seen = wokenBy(seen, new Write.Delete("nodes/web1/slug", Write.ANY));
        assertThat(seen.entries()).containsOnlyKeys("nodes/web1/.node");
    }

    @Test
    void awaitWakesForAPrefixThatWasMissing() throws Exception {
        put("unrelated/k", "1", Write.ANY);
        Listing seen =
                wokenBy(list("x/y/z/"), "x/y/z/", new Write.Put("x/y/z/k", "1", Write.ABSENT));

        assertThat(seen.entries()).containsOnlyKeys("x/y/z/k");
        assertThat(wokenBy(seen, "x/y/z/", new Write.Delete("x/y/z/k", Write.ANY)).entries())
                .isEmpty();
    }

    @Test
    void awaitWakesWithinMilliseconds() throws Exception {
        put("nodes/web1/slug", "0", Write.ANY);
        List<Long> millis = new ArrayList<>();
        Listing seen = list(PREFIX);
        for (int i = 1; i <= 11; i++) {
            Listing before = seen;
            AtomicLong woken = new AtomicLong();
            Future<Listing> waiting =
                    threads.submit(() -> {
                        Listing now = store.await(PREFIX, before, LONG);
                        woken.set(System.nanoTime());
                        return now;
                    });
            awaitBlocked(waiting);
            put("nodes/web1/slug", "v" + i, Write.ANY);
            long written = System.nanoTime();
            seen = waiting.get(20, SECONDS);
            millis.add(Math.max(0, (woken.get() - written) / 1_000_000));
        }
        millis.sort(null);
        // The median, and generously: this shows that nothing polls, and measures nothing.
        assertThat(millis.get(millis.size() / 2)).as("of %s", millis).isLessThan(250);
    }

    @Test
    void awaitEndsWithItsTimeWhenNothingChanges() throws Exception {
        put("nodes/web1/slug", "1", Write.ANY);
        Listing seen = list(PREFIX);

        long start = System.nanoTime();
        Listing now = store.await(PREFIX, seen, Duration.ofMillis(1_500));
        long millis = (System.nanoTime() - start) / 1_000_000;

        assertThat(now.entries()).isEqualTo(seen.entries());
        assertThat(millis).isBetween(1_450L, 4_000L);
    }

    @Test
    void awaitSleepsThroughWritesElsewhere() throws Exception {
        put("nodes/web1/slug", "1", Write.ANY);
        Listing seen = list(PREFIX);
        Future<Listing> waiting =
                threads.submit(() -> store.await(PREFIX, seen, Duration.ofMillis(1_500)));
        awaitBlocked(waiting);
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            put("nodes/web10/app" + i, "1", Write.ANY);
        }
        assertThat(waiting.get(10, SECONDS).entries()).isEqualTo(seen.entries());
        assertThat(System.nanoTime() - start).isGreaterThan(SECONDS.toNanos(1) / 2);
    }

    @Test
    void writersNeverLoseAnUpdate() throws Exception {
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            IntentStore mine = i % 2 == 0 ? store : other;
            writers.add(() -> {
                for (int n = 0; n < 25; n++) {
                    mine.update("a/count", IntentStoreContract::increment);
                }
                return null;
            });
        }
        for (Future<Void> writer : threads.invokeAll(writers)) {
            writer.get(100, SECONDS);
        }
        assertThat(value("a/count")).contains("200");
    }

    private static Optional<String> increment(Optional<String> count) {
        return Optional.of(String.valueOf(count.map(Integer::parseInt).orElse(0) + 1));
    }

    @Test
    void updateCreatesChangesRemovesAndLeavesAlone() throws Exception {
        store.update("a/k", absent -> Optional.of(absent + "!"));
        assertThat(value("a/k")).contains("Optional.empty!");
        long version = version("a/k");
        store.update("a/k", same -> same);
        assertThat(version("a/k")).isEqualTo(version);
        store.update("a/k", _ -> Optional.empty());
        assertThat(value("a/k")).isEmpty();
    }

    @Test
    void updateGivesUpWhenOthersAreAlwaysFaster() {
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() ->
                        store.update(
                                "a/k",
                                mine -> {
                                    attempts.add(attempts.size());
                                    overtake(attempts.size());
                                    return Optional.of("mine");
                                }))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a/k");
        assertThat(attempts).hasSize(100);
    }

    private void overtake(int attempt) {
        try {
            other.commit(List.of(new Write.Put("a/k", "theirs " + attempt, Write.ANY)));
        } catch (StoreException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void writingTheSameValueAgainIsNoChange() throws Exception {
        put("nodes/web1/slug", "1", Write.ANY);
        Listing seen = list(PREFIX);

        assertThat(put("nodes/web1/slug", "1", Write.ANY)).isTrue();

        assertThat(list(PREFIX).entries()).isEqualTo(seen.entries());
    }

    @Test
    void interruptEndsAwaitQuickly() throws Exception {
        put("nodes/web1/slug", "1", Write.ANY);
        Listing seen = list(PREFIX);
        for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
            AtomicReference<Object> end = new AtomicReference<>();
            Thread thread =
                    kind.start(() -> {
                        try {
                            end.set(store.await(PREFIX, seen, LONG));
                        } catch (StoreException | InterruptedException e) {
                            end.set(e);
                        }
                    });
            Awaitility.await().pollDelay(Duration.ofMillis(200)).until(thread::isAlive);
            long start = System.nanoTime();
            thread.interrupt();
            assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
            assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(1));
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
        }
        // The client is as good as before.
        assertThat(list(PREFIX).entries()).isEqualTo(seen.entries());
    }

    @Test
    void interruptedThreadReadsAndWritesNothing() throws Exception {
        Future<?> interrupted =
                threads.submit(() -> {
                    Thread.currentThread().interrupt();
                    return put("a/k", "1", Write.ANY);
                });
        assertThatThrownBy(() -> interrupted.get(10, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(value("a/k")).isEmpty();
    }

    @Test
    void closeEndsWaitingCallsAndRefusesNewOnes() throws Exception {
        put("nodes/web1/slug", "1", Write.ANY);
        Listing seen = list(PREFIX);
        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, seen, LONG));
        awaitBlocked(waiting);

        store.close();

        assertThatThrownBy(() -> waiting.get(5, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> list(PREFIX))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        store.close();
    }

    private Listing wokenBy(Listing seen, Write write) throws Exception {
        return wokenBy(seen, PREFIX, write);
    }

    private Listing wokenBy(Listing seen, String prefix, Write write) throws Exception {
        Future<Listing> waiting = threads.submit(() -> store.await(prefix, seen, LONG));
        awaitBlocked(waiting);
        assertThat(other.commit(List.of(write))).isTrue();
        return waiting.get(10, SECONDS);
    }

    /** Long enough for the call to have gone to sleep; a call that ends here did not wait. */
    private static void awaitBlocked(Future<?> waiting) {
        Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        assertThat(waiting.isDone()).as("await returned without a change").isFalse();
    }

    private boolean put(String key, String value, long expected) throws Exception {
        return store.commit(List.of(new Write.Put(key, value, expected)));
    }

    private Listing list(String prefix) throws StoreException, InterruptedException {
        return store.list(prefix, Consistency.CONSISTENT);
    }

    private Optional<String> value(String key) throws Exception {
        return store.get(key, Consistency.CONSISTENT).map(Entry::value);
    }

    private static String value(Listing listing, String key) {
        Entry entry = listing.entries().get(key);
        return entry == null ? "(absent)" : entry.value();
    }

    private long version(String key) throws Exception {
        return store.get(key, Consistency.CONSISTENT).orElseThrow().version();
    }
}
