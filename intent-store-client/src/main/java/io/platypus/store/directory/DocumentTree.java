package io.platypus.store.directory;

import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads documents below a root directory.
 *
 * @param root absolute and normalized
 */
record DocumentTree(Path root) {
    /** What a document's file name ends with. */
    static final String SUFFIX = ".json";

    /** Exists while a commit of several documents is being made; see {@link Commit}. */
    static final String COMMITTING = ".committing";

    private static final long DEADLINE_NANOS = 10_000_000_000L;
    private static final long PAUSE_MILLIS = 1;

    /** The file of a document; the key is well-formed, so the file is below the root. */
    Path file(String key) {
        return root.resolve(key + SUFFIX);
    }

    /** The directory of a prefix, which ends with a slash. */
    Path directory(String prefix) {
        return root.resolve(prefix.substring(0, prefix.length() - 1));
    }

    Path committing() {
        return root.resolve(COMMITTING);
    }

    Optional<Entry> read(String key) throws IOException {
        requireRoot();
        Path file = file(key);
        try {
            requireRegular(file, Files.readAttributes(file, BasicFileAttributes.class));
            return Optional.of(readFile(key, file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads all documents under a prefix as of one moment: nothing changed between two looks at the
     * files' times, before and after their contents were read.
     */
    Listing list(String prefix) throws IOException, InterruptedException {
        requireRoot();
        long start = System.nanoTime();
        while (System.nanoTime() - start < DEADLINE_NANOS) {
            TreeScan before = TreeScan.of(this, prefix);
            if (!before.committing()) {
                Optional<SortedMap<String, Entry>> read = readAll(prefix, before);
                if (read.isPresent() && before.equals(TreeScan.of(this, prefix))) {
                    return new Listing(before.lastModifiedMicros(), read.get());
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new StoreException(
                "list " + prefix + " in " + root + ": files kept changing or vanishing for 10 s");
    }

    private Optional<SortedMap<String, Entry>> readAll(String prefix, TreeScan scan)
            throws IOException {
        Path base = directory(prefix);
        SortedMap<String, Entry> entries = new TreeMap<>();
        for (Path file : scan.documents()) {
            String name = base.relativize(file).toString();
            String key = prefix + name.substring(0, name.length() - SUFFIX.length());
            try {
                entries.put(key, readFile(key, file));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
        return Optional.of(entries);
    }

    /**
     * What is longer than a document may be is cut, so that it is no valid JSON and is reported for
     * that document, instead of hiding all the others.
     */
    private static Entry readFile(String key, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(IntentStore.MAX_VALUE_BYTES);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return new Entry(key, text, ContentVersion.of(bytes));
        }
    }

    /** A named pipe, say, would block whoever opens it; a dangling link is not "no document". */
    static void requireRegular(Path file, BasicFileAttributes found) throws IOException {
        if (!found.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "not a readable regular file");
        }
    }

    private void requireRoot() throws IOException {
        try (var _ = Files.newDirectoryStream(root)) {
            // Opening it is the question: only a directory that can be listed may count as empty.
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    "the intent directory " + root + " does not exist: create it, or set its path");
        }
    }
}
