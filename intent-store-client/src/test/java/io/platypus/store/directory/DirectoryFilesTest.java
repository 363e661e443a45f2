package io.platypus.store.directory;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.testing.FreshDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The files behind a directory store, as people, editors, git and other processes treat them. */
@Timeout(60)
class DirectoryFilesTest {
    private static final String PREFIX = "nodes/web1/";
    private static final Duration LONG = Duration.ofSeconds(40);

    /** Shorter than the store's own looking again, so that only a signal can be in time. */
    private static final int SOON = 5;

    private final FreshDirectory directory;
    private final Path root;
    private final Path node;
    private final DirectoryIntentStore store;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    DirectoryFilesTest() throws IOException {
        directory = FreshDirectory.make();
        root = directory.path().resolve("intent");
        node = Files.createDirectories(root.resolve("nodes/web1"));
        store = new DirectoryIntentStore(root);
    }

    @AfterEach
    void remove() throws IOException {
        threads.shutdownNow();
        store.close();
        directory.close();
    }

    private Listing list() throws Exception {
        return store.list(PREFIX, Consistency.CONSISTENT);
    }

    private void everyReadingFails(String message) {
        assertThatThrownBy(this::list)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> store.get("nodes/web1/slug", Consistency.STALE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> store.await(PREFIX, new Listing(0, new TreeMap<>()), LONG))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(message);
    }

    @Test
    void rootThatIsMissingIsNoEmptyStore() throws Exception {
        Files.delete(node);
        Files.delete(node.getParent());
        Files.delete(root);

        everyReadingFails(root + " does not exist");
        assertThat(root).doesNotExist();
    }

    @Test
    void rootThatIsAFileIsNoEmptyStore() throws Exception {
        Files.move(root, directory.path().resolve("old"));
        Files.writeString(root, "");

        everyReadingFails(root.toString());
    }

    @Test
    void rootThatVanishesEndsAWatch() throws Exception {
        Files.writeString(node.resolve("slug.json"), "1");
        Future<Listing> waiting = watch(list());

        Files.move(root.resolve("nodes"), directory.path().resolve("moved"));
        assertThat(waiting.get(SOON, SECONDS).entries()).isEmpty();
        Files.delete(root);
        everyReadingFails("does not exist");
    }

    @Test
    void commitMakesTheRoot() throws Exception {
        Path fresh = directory.path().resolve("a/b");
        try (IntentStore made = new DirectoryIntentStore(fresh)) {
            assertThat(made.describe()).isEqualTo("directory " + fresh);
            assertThat(made.commit(List.of(new Write.Put("k/v", "{}", Write.ABSENT)))).isTrue();
        }
        assertThat(fresh.resolve("k/v.json")).hasContent("{}");
    }

    @Test
    void leavesNothingBesideTheDocuments() throws Exception {
        put("nodes/web1/.node", "{}");
        store.commit(
                List.of(
                        new Write.Put("nodes/web1/a", "1", Write.ANY),
                        new Write.Put("nodes/web1/b", "1", Write.ANY)));
        store.commit(
                List.of(
                        new Write.Put("nodes/web1/c", "1", Write.ANY),
                        new Write.Put("nodes/web1/b", "1", Write.ABSENT)));

        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile).map(f -> root.relativize(f).toString()))
                    .containsExactlyInAnyOrder(
                            ".lock",
                            "nodes/web1/.node.json",
                            "nodes/web1/a.json",
                            "nodes/web1/b.json");
        }
    }

    @Test
    void readsDocumentsAndNothingElse() throws Exception {
        Files.writeString(node.resolve("slug.json"), "{}");
        Files.writeString(node.resolve("README.md"), "text");
        Files.writeString(node.resolve("slug.json~"), "a backup");
        Files.writeString(node.resolve(".slug.json.swp"), "an editor's");
        Files.writeString(node.resolve(".slug.json.0123.tmp"), "a crashed writer's");
        Files.createSymbolicLink(node.resolve(".#slug.json"), Path.of("me@host.123"));
        Files.writeString(node.resolve("odd name.json"), "for the reader to judge");

        assertThat(list().entries()).containsOnlyKeys("nodes/web1/slug", "nodes/web1/odd name");
    }

    @Test
    void oneDocumentThatIsNoneDoesNotHideTheOthers() throws Exception {
        Files.write(node.resolve("latin.json"), new byte[] {'"', (byte) 0xe9, '"'});
        Files.writeString(node.resolve("huge.json"), "x".repeat(IntentStore.MAX_VALUE_BYTES + 9));
        Files.writeString(node.resolve("slug.json"), "{}");

        TreeMap<String, Entry> entries = new TreeMap<>(list().entries());

        assertThat(entries.values().stream().map(Entry::value).map(String::length))
                .containsExactly(IntentStore.MAX_VALUE_BYTES, 3, 2);
        assertThat(store.get("nodes/web1/latin", Consistency.STALE).map(Entry::value))
                .contains("\"\ufffd\"");
    }

    @Test
    void documentThatCannotBeReadIsNotAbsent() throws Exception {
        Files.createSymbolicLink(node.resolve("slug.json"), Path.of("nowhere"));
        assertThatThrownBy(this::list)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("slug.json");

        Files.delete(node.resolve("slug.json"));
        assertThat(
                        new ProcessBuilder("mkfifo", node.resolve("slug.json").toString())
                                .start()
                                .waitFor())
                .isZero();
        assertThatThrownBy(this::list)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("not a readable regular file");
        assertThatThrownBy(() -> store.get("nodes/web1/slug", Consistency.STALE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("not a readable regular file");
    }

    @Test
    void linksAreFollowedButNotForEver() throws Exception {
        Path elsewhere = Files.createDirectories(directory.path().resolve("elsewhere/web2"));
        Files.createSymbolicLink(root.resolve("nodes/web2"), elsewhere);
        Future<Listing> waiting =
                threads.submit(
                        () -> store.await("nodes/web2/", new Listing(0, new TreeMap<>()), LONG));
        settle(waiting);
        Files.writeString(elsewhere.resolve("slug.json"), "{}");
        assertThat(waiting.get(SOON, SECONDS).entries()).containsOnlyKeys("nodes/web2/slug");

        Files.createSymbolicLink(node.resolve("loop"), root.resolve("nodes"));
        assertThatThrownBy(this::list)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("loop");
    }

    @Test
    void treeThatIsTooDeepIsRefused() throws Exception {
        Files.createDirectories(node.resolve("d/".repeat(40)));

        assertThatThrownBy(this::list)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("deeper");
    }

    @Test
    void editByHandWakes() throws Exception {
        Files.writeString(node.resolve("slug.json"), "1");
        Future<Listing> waiting = watch(list());

        Files.writeString(node.resolve("slug.json"), "2");

        assertThat(waiting.get(SOON, SECONDS).entries().firstEntry().getKey())
                .isEqualTo("nodes/web1/slug");
    }

    @Test
    void directoryThatIsMovedIntoPlaceWakes() throws Exception {
        Files.delete(node);
        Path made = Files.createDirectories(directory.path().resolve("made"));
        Files.writeString(made.resolve("slug.json"), "1");
        Future<Listing> waiting = watch(list());

        Files.move(made, node);
        Listing seen = waiting.get(SOON, SECONDS);
        assertThat(seen.entries()).containsOnlyKeys("nodes/web1/slug");

        Future<Listing> further = watch(seen);
        Files.writeString(node.resolve("b.json"), "1");
        assertThat(further.get(SOON, SECONDS).entries()).hasSize(2);
    }

    @Test
    void whatIsMadeInNewDirectoriesAtOnceIsNeverMissed() throws Exception {
        Listing seen = store.list("clusters/", Consistency.STALE);
        for (int i = 1; i <= 50; i++) {
            Listing before = seen;
            Future<Listing> waiting = threads.submit(() -> store.await("clusters/", before, LONG));
            Path made = Files.createDirectories(root.resolve("clusters/app" + i + "/dev/x/y"));
            Files.writeString(made.resolve("config.json"), "1");
            seen = waiting.get(SOON, SECONDS);
            assertThat(seen.entries()).hasSize(i);
        }
    }

    @Test
    void rootThatIsReplacedIsWatchedAnew() throws Exception {
        Listing seen = list();
        settle(watch(seen));
        Path next = Files.createDirectories(directory.path().resolve("next/nodes/web1"));
        Files.move(root, directory.path().resolve("old"));
        Files.move(directory.path().resolve("next"), root);
        assertThat(next).doesNotExist();

        Future<Listing> waiting = watch(seen);
        Files.writeString(node.resolve("slug.json"), "1");

        assertThat(waiting.get(SOON, SECONDS).entries()).hasSize(1);
    }

    @Test
    void indexGrowsWithEveryChangeAndRemoval() throws Exception {
        Instant past = Instant.now().minusSeconds(1_000);
        put("nodes/web1/a", "1");
        put("nodes/web1/b", "1");
        for (String path : List.of("nodes/web1/a.json", "nodes/web1", "nodes", "")) {
            Files.setLastModifiedTime(root.resolve(path), FileTime.from(past));
        }
        Files.setLastModifiedTime(node.resolve("b.json"), FileTime.from(past.plusSeconds(500)));
        long first = list().index();
        assertThat(first)
                .isEqualTo((past.getEpochSecond() + 500) * 1_000_000 + past.getNano() / 1_000);

        Files.delete(node.resolve("b.json"));
        long second = list().index();
        assertThat(second).isGreaterThan(first);

        Files.setLastModifiedTime(node, FileTime.from(past));
        Files.delete(node.resolve("a.json"));
        Files.delete(node);
        assertThat(list().index()).isGreaterThan(first);
    }

    @Test
    void readersWaitForACommitInItsMiddleButNotForACrashedOne() throws Exception {
        Path marker = Files.createFile(root.resolve(DocumentTree.COMMITTING));
        Future<Listing> reading = threads.submit(this::list);
        settle(reading);
        Files.delete(marker);
        reading.get(SOON, SECONDS);

        Files.createFile(marker);
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(threads.submit(this::list).get(SOON, SECONDS).entries()).isEmpty();
        store.commit(
                List.of(new Write.Put("a/a", "", Write.ANY), new Write.Put("a/b", "", Write.ANY)));
        assertThat(marker).doesNotExist();
    }

    @Test
    void commitThatCannotBeStagedChangesNothing() throws Exception {
        put("nodes/web1/a", "old");
        Files.writeString(root.resolve("blocked"), "a file where a directory should be");

        assertThatThrownBy(() ->
                        store.commit(
                                List.of(
                                        new Write.Put("nodes/web1/a", "new", Write.ANY),
                                        new Write.Put("blocked/b", "new", Write.ANY))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("blocked");

        assertThat(node.resolve("a.json")).hasContent("old");
        try (Stream<Path> files = Files.list(node)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void interruptEndsTheWaitForAnotherProcess() throws Exception {
        put("nodes/web1/a", "old");
        try (OtherProcess other = OtherProcess.holdingLock(root)) {
            assertThat(other.isAlive()).isTrue();
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    put("nodes/web1/a", "new");
                                } catch (Exception e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            Awaitility.await().pollDelay(Duration.ofMillis(200)).until(writer::isAlive);
            writer.interrupt();
            assertThat(writer.join(Duration.ofSeconds(2))).isTrue();
        }
        assertThat(node.resolve("a.json")).hasContent("old");
    }

    @Test
    void writersOfTwoProcessesNeverLoseAnUpdate() throws Exception {
        try (OtherProcess other = OtherProcess.incrementing(root, "a/count", 300)) {
            for (int i = 0; i < 300; i++) {
                store.update("a/count", OtherProcess::increment);
            }
            other.awaitSuccess();
        }
        assertThat(store.get("a/count", Consistency.STALE).map(Entry::value)).contains("600");
    }

    @Test
    void writeOfAnotherProcessWakes() throws Exception {
        Future<Listing> waiting = watch(list());
        try (OtherProcess other = OtherProcess.incrementing(root, "nodes/web1/slug", 1)) {
            assertThat(waiting.get(30, SECONDS).entries()).containsOnlyKeys("nodes/web1/slug");
            other.awaitSuccess();
        }
    }

    @Test
    void lockFileThatWasRemovedIsMadeAgain() throws Exception {
        put("a/k", "1");
        Files.delete(root.resolve(".lock"));
        put("a/k", "2");
        assertThat(root.resolve(".lock")).exists();
        try (FileChannel channel =
                FileChannel.open(root.resolve(".lock"), StandardOpenOption.WRITE)) {
            assertThat(Optional.ofNullable(channel.tryLock())).as("let go").isPresent();
        }
    }

    private Future<Listing> watch(Listing seen) {
        Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, seen, LONG));
        settle(waiting);
        return waiting;
    }

    private static void settle(Future<?> waiting) {
        Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        assertThat(waiting.isDone()).isFalse();
    }

    private void put(String key, String value) throws Exception {
        assertThat(store.commit(List.of(new Write.Put(key, value, Write.ANY)))).isTrue();
    }

    /** As a shell's {@code >} does it: the file is empty before it is written. */
    @Test
    void aWatchDoesNotShowAFileThatIsJustBeingWritten() throws Exception {
        Path file = Files.writeString(node.resolve("slug.json"), "{}");
        for (int round = 0; round < 50; round++) {
            Listing seen = list();
            Future<Listing> waiting = threads.submit(() -> store.await(PREFIX, seen, LONG));
            String document = "{\"round\": \"" + round + "\"}";
            try (FileChannel channel =
                    FileChannel.open(
                            file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                Awaitility.await().pollDelay(Duration.ofMillis(3)).until(() -> true);
                channel.write(ByteBuffer.wrap(document.getBytes(StandardCharsets.UTF_8)));
            }

            assertThat(onlyValue(waiting.get())).isEqualTo(document);
        }
    }

    @Test
    void aFileThatStaysEmptyIsShown() throws Exception {
        Path file = Files.writeString(node.resolve("slug.json"), "{}");
        Listing seen = list();
        Files.writeString(file, "");

        Listing now = store.await(PREFIX, seen, LONG);

        assertThat(onlyValue(now)).isEmpty();
    }

    private static String onlyValue(Listing listing) {
        assertThat(listing.entries()).hasSize(1);
        return listing.entries().firstEntry().getValue().value();
    }
}
