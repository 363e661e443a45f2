package io.platypus.store.directory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Another process that uses the same directory: this class's own {@link #main}. */
record OtherProcess(Process process) implements AutoCloseable {
    private static final String READY = "ready";

    /** Runs {@link DirectoryIntentStore#update} so many times. */
    static OtherProcess incrementing(Path root, String key, int times) throws IOException {
        return start(List.of("increment", root.toString(), key, String.valueOf(times)));
    }

    /** Has taken the writers' lock, and keeps it until closed. */
    static OtherProcess holdingLock(Path root) throws IOException {
        return start(List.of("hold", root.toString()));
    }

    private static OtherProcess start(List<String> arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherProcess.class.getName()));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (!READY.equals(said)) {
            process.destroyForcibly();
            throw new IOException("the other process said " + said);
        }
        return new OtherProcess(process);
    }

    static Optional<String> increment(Optional<String> count) {
        return Optional.of(String.valueOf(count.map(Integer::parseInt).orElse(0) + 1));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitSuccess() throws Exception {
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("the other process failed: " + process);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[1]);
        if (arguments[0].equals("hold")) {
            try (RootLock _ = RootLock.acquire(root)) {
                System.out.println(READY);
                // Ends with the process.
                System.in.transferTo(System.out);
            }
            return;
        }
        System.out.println(READY);
        try (DirectoryIntentStore store = new DirectoryIntentStore(root)) {
            for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
                store.update(arguments[2], OtherProcess::increment);
            }
        }
    }
}
