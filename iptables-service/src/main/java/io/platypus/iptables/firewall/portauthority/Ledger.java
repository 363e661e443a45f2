package io.platypus.iptables.firewall.portauthority;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which files in the configuration directory are ours, and for which a rebuild is still owed: what
 * the files cannot say themselves, since their content is the original's.
 *
 * <p>A small file for each app. Losing them loses nothing: a file that is not known here is never
 * removed, and one that intent wants is taken over with a rebuild. Not synced to the disk for the
 * same reason: only a crash of the host could lose one.
 */
record Ledger(Path directory) {
    enum Entry {
        /** No file is known to be ours. */
        UNKNOWN,
        /** The file is ours; it was or will be changed, and no rebuild has succeeded since. */
        OWED,
        /** The file is ours, and in force. */
        SETTLED
    }

    private static final String SETTLED_TEXT = "settled\n";

    Entry of(AppName app) throws IOException {
        Path file = file(app);
        if (!Files.exists(file)) {
            return Entry.UNKNOWN;
        }
        // Anything else, such as what a crash left half-written, costs a rebuild at most.
        return Files.readString(file).equals(SETTLED_TEXT) ? Entry.SETTLED : Entry.OWED;
    }

    /** To be called before the app's file is changed. */
    void owe(AppName app) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(file(app), "owed\n");
    }

    void settle(AppName app) throws IOException {
        Files.writeString(file(app), SETTLED_TEXT);
    }

    void forget(AppName app) throws IOException {
        Files.deleteIfExists(file(app));
    }

    /** Every app of which a file is or was ours. */
    Set<AppName> known() throws IOException {
        return withEntry().values().stream().collect(TreeSet::new, Set::addAll, Set::addAll);
    }

    Set<AppName> owed() throws IOException {
        return withEntry().getOrDefault(Entry.OWED, new TreeSet<>());
    }

    private Map<Entry, SortedSet<AppName>> withEntry() throws IOException {
        Map<Entry, SortedSet<AppName>> entries = new EnumMap<>(Entry.class);
        if (!Files.isDirectory(directory)) {
            return entries;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                AppName app = new AppName(String.valueOf(file.getFileName()));
                entries.computeIfAbsent(of(app), _ -> new TreeSet<>()).add(app);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("reading " + directory + ": " + e.getMessage(), e);
        }
        return entries;
    }

    private Path file(AppName app) {
        return directory.resolve(app.value());
    }
}
