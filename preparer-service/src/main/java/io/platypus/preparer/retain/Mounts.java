package io.platypus.preparer.retain;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What is mounted in a directory, and would be emptied with it. */
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private Mounts() {}

    /**
     * The first that is found, in words. See proc_pid_mountinfo(5).
     *
     * @param directory as the kernel names it, without symbolic links
     */
    static Optional<String> below(Path directory) throws IOException {
        String table;
        try {
            table =
                    new String(
                            Files.readAllBytes(TABLE),
                            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // Not Linux.
        }
        return table.lines()
                .map(line -> Path.of(unescaped(line.split(" ", MOUNT_POINT + 2)[MOUNT_POINT])))
                .filter(point -> point.startsWith(directory))
                .findFirst()
                .map(point -> point + " is mounted in it");
    }

    private static String unescaped(String field) {
        return ESCAPED.matcher(field).replaceAll(Mounts::character);
    }

    private static String character(MatchResult octal) {
        return java.util.regex.Matcher.quoteReplacement(
                String.valueOf((char) Integer.parseInt(octal.group(1), 8)));
    }
}
