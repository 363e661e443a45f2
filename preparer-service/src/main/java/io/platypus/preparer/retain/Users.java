package io.platypus.preparer.retain;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Processes that run from a directory, or have a file in it open. Those that the agent may not look
 * at are passed over; an agent that is root sees all.
 */
final class Users {
    private static final Path PROC = Path.of("/proc");

    private Users() {}

    /**
     * The first that is found, in words. Looks at every open file of every process.
     *
     * @param directory as the kernel names it, without symbolic links
     */
    static Optional<String> of(Path directory) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (uses(process, directory)) {
                    return Optional.of(
                            "process %s (%s) uses it"
                                    .formatted(process.getFileName(), command(process)));
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // No view of processes here, or one that has ended.
        }
    }

    private static boolean uses(Path process, Path directory) {
        return leads(process.resolve("cwd"), directory)
                || leads(process.resolve("exe"), directory)
                || leads(process.resolve("root"), directory)
                || hasOpen(process, directory);
    }

    private static boolean hasOpen(Path process, Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (leads(file, directory)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return false; // Not to be looked at, or it has ended.
        }
    }

    private static boolean leads(Path link, Path directory) {
        try {
            return Files.readSymbolicLink(link).startsWith(directory);
        } catch (IOException e) {
            return false; // As above.
        }
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
