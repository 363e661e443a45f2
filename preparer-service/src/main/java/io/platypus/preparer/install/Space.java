package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file system has, and has left for accounts without privileges.
 *
 * @param bytes in all
 * @param inodes in all; 0 where it makes them as they are needed, or does not tell
 */
public record Space(long bytes, long freeBytes, long inodes, long freeInodes) {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

    /** Looks at the file system that holds this file or directory; does not block for long. */
    public static Space of(Path place) throws IOException {
        Optional<Space> told = StatVfs.of(place);
        if (told.isPresent()) {
            return told.get();
        }
        FileStore store = Files.getFileStore(place);
        return new Space(store.getTotalSpace(), store.getUsableSpace(), 0, 0);
    }

    /** Bytes for people, such as {@code 12.3 MB}; decimal units. */
    public static String shown(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double size = bytes / 1000.0;
        int unit = 0;
        while (size >= 999.95) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }
}
