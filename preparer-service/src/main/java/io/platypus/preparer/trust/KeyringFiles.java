package io.platypus.preparer.trust;

import io.platypus.runtime.disk.TrustedDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the files of the keyring's directory. Whoever may change one of them says what is
 * installed, so nobody may but root and the agent's own account.
 */
final class KeyringFiles {
    private static final int OTHERS_MAY_WRITE = 0022;
    private static final int FILE_TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final long MOST_BYTES = 16 << 20;

    private KeyringFiles() {}

    /**
     * The content of each {@code *.asc} and {@code *.gpg}, by path.
     *
     * @throws MalformedException naming what cannot be read, or is not safe, and what to do
     */
    static Map<Path, byte[]> read(Path directory) throws MalformedException {
        Map<Path, byte[]> files = new TreeMap<>();
        try {
            Optional<String> objection = new TrustedDirectory().objection(directory);
            if (objection.isPresent()) {
                throw new MalformedException(objection.get());
            }
            requireSafe(directory);
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{asc,gpg}")) {
                for (Path file : found) {
                    requireSafe(file);
                    files.put(file, readAll(file));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new MalformedException(e.getFile() + " is no directory, or not there");
        } catch (IOException e) {
            throw new MalformedException("cannot be read: " + e);
        }
        if (files.isEmpty()) {
            throw new MalformedException(directory + " has no *.asc and no *.gpg");
        }
        return files;
    }

    private static byte[] readAll(Path file) throws IOException, MalformedException {
        Map<String, Object> is =
                Files.readAttributes(file, "unix:mode,size", LinkOption.NOFOLLOW_LINKS);
        boolean regular = ((int) is.getOrDefault("mode", 0) & FILE_TYPE) == REGULAR;
        if (!regular || (long) is.getOrDefault("size", 0L) > MOST_BYTES) {
            throw new MalformedException(
                    file + " is not a regular file of at most " + MOST_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private static void requireSafe(Path path) throws IOException, MalformedException {
        Map<String, Object> is =
                Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        int owner = (int) is.getOrDefault("uid", -1);
        if (owner != 0 && owner != (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) {
            throw new MalformedException(
                    path + " belongs to account " + owner + ", which could change it: chown it");
        }
        boolean link = Files.isSymbolicLink(path); // Whose mode means nothing.
        if (!link && ((int) is.getOrDefault("mode", 0) & OTHERS_MAY_WRITE) != 0) {
            throw new MalformedException(path + " can be written by others: chmod go-w it");
        }
    }
}
