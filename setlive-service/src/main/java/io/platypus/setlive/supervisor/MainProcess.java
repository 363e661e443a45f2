package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The record that the {@code run} script leaves in its service directory right before it becomes
 * the service: {@code <pid> <start> <boot id>}, and on the rest the install.
 */
record MainProcess(ProcessStat process, Path install) {
    static final String FILE = "main";

    /** The same of the runner, with its own directory for the install. */
    static final String GUARDIAN = "guardian";

    /** Three numbers and a path: whatever is longer is no record, and is not read to its end. */
    private static final int LONGEST = 8192;

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** The recorded process, if that very process still runs. */
    static Optional<MainProcess> in(Path directory) throws IOException {
        return in(directory, FILE);
    }

    static Optional<MainProcess> in(Path directory, String file) throws IOException {
        String text;
        try (InputStream input = Files.newInputStream(directory.resolve(file))) {
            text = new String(input.readNBytes(LONGEST), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        int end = text.indexOf('\n');
        String[] fields = text.substring(0, Math.max(0, end)).split(" ", -1);
        if (fields.length != 3 || !fields[0].matches("\\d{1,18}") || !text.endsWith("\n")) {
            return Optional.empty();
        }
        if (!fields[2].equals(Files.readString(BOOT_ID).strip())) {
            return Optional.empty();
        }
        Path install = Path.of(text.substring(end + 1, text.length() - 1));
        return ProcessStat.of(Long.parseLong(fields[0]))
                .filter(now -> Long.toString(now.start()).equals(fields[1]))
                .map(now -> new MainProcess(now, install));
    }
}
