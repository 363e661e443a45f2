package io.platypus.store.directory;

import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Keys;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Documents as files: the key {@code nodes/web1/slug} is {@code <root>/nodes/web1/slug.json}.
 *
 * <p>Files may be edited by hand or by {@code git} while agents watch. A root that is missing or
 * unreadable is a {@link StoreException}, never an empty store; a prefix that is missing below the
 * root is an empty listing. An {@link Entry#version} is a hash of the contents, because the ticks
 * of a file's time are too coarse to tell two writes apart; {@link Listing#index} is the latest
 * modification, in microseconds of the epoch, of the files and directories read.
 *
 * <p>Writers of this class, in any process, exclude each other with a lock on {@code <root>/.lock},
 * and readers see all writes of a commit or none. A machine that crashes in the middle of a commit
 * of several documents may have made only the first of them; each document is whole in any case.
 */
public final class DirectoryIntentStore implements IntentStore {
    /** Inotify does not tell of changes made on another machine, such as over NFS. */
    private static final Duration EMPTY_FOR = Duration.ofMillis(300);

    private static final Duration RESCAN = Duration.ofSeconds(10);

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final DocumentTree tree;
    private final TreeWatch watch;

    /**
     * Reads and writes nothing yet.
     *
     * @param root the directory; a commit creates it where it is missing
     */
    public DirectoryIntentStore(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        this.tree = new DocumentTree(absolute);
        this.watch = new TreeWatch(absolute);
    }

    @Override
    public String describe() {
        return "directory " + tree.root();
    }

    /** {@inheritDoc} Files have but one consistency. */
    @Override
    public Optional<Entry> get(String key, Consistency consistency)
            throws StoreException, InterruptedException {
        Keys.require(key);
        return attempt("read " + key, () -> tree.read(key));
    }

    /** {@inheritDoc} Files have but one consistency. */
    @Override
    public Listing list(String prefix, Consistency consistency)
            throws StoreException, InterruptedException {
        Keys.requirePrefix(prefix);
        return attempt("list " + prefix, () -> tree.list(prefix));
    }

    @Override
    public Listing await(String prefix, Listing seen, Duration wait)
            throws StoreException, InterruptedException {
        Keys.requirePrefix(prefix);
        return attempt("watch " + prefix, () -> awaitChange(prefix, seen, wait));
    }

    private Listing awaitChange(String prefix, Listing seen, Duration wait)
            throws IOException, InterruptedException {
        long end =
                System.nanoTime()
                        + (wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT).toNanos();
        try (TreeWatch.Waiter waiter = watch.waiter(tree.directory(prefix))) {
            long patience = 0;
            while (true) {
                Listing now = tree.list(prefix);
                long time = System.nanoTime();
                boolean differs = !now.entries().equals(seen.entries());
                if (differs && patience == 0) {
                    patience = time + EMPTY_FOR.toNanos();
                }
                boolean beingWritten = differs && hasEmpty(now) && time < patience;
                if (end - time <= 0 || (differs && !beingWritten)) {
                    return now;
                }
                long longest = beingWritten ? patience - time : RESCAN.toNanos();
                waiter.await(Math.min(end - time, longest));
            }
        }
    }

    /** An editor, or a shell's {@code >}, empties a file before it writes it. */
    private static boolean hasEmpty(Listing listing) {
        return listing.entries().values().stream().anyMatch(entry -> entry.value().isBlank());
    }

    @Override
    public boolean commit(List<Write> writes) throws StoreException, InterruptedException {
        Write.requireCommittable(writes);
        return attempt("commit of " + writes.getFirst().key(), () -> commitLocked(writes));
    }

    private boolean commitLocked(List<Write> writes) throws IOException, InterruptedException {
        Files.createDirectories(tree.root());
        try (RootLock _ = RootLock.acquire(tree.root())) {
            for (Write write : writes) {
                if (!isAsExpected(write)) {
                    return false;
                }
            }
            Commit.of(tree, writes).run();
            return true;
        }
    }

    private boolean isAsExpected(Write write) throws IOException {
        if (write.expected() == Write.ANY) {
            return true;
        }
        long version = tree.read(write.key()).map(Entry::version).orElse(Write.ABSENT);
        return version == write.expected()
                || (version == Write.ABSENT && write instanceof Write.Delete);
    }

    /** {@inheritDoc} Calls that wait end with a {@link StoreException}. */
    @Override
    public void close() {
        watch.close();
    }

    private <T> T attempt(String what, Attempt<T> attempt)
            throws StoreException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            watch.requireOpen();
            return attempt.run();
        } catch (ClosedByInterruptException e) {
            // Files are read through channels, which answer an interrupt by closing themselves.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException(what + " in " + tree.root() + ": " + e, e);
        }
    }

    private interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }
}
