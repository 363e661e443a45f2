package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The tongue of systemd: {@code systemctl} (systemctl(1)) of the machine's own manager. */
final class Systemctl {
    private static final Duration COMMAND = Duration.ofSeconds(5);

    /** Reading every unit of a machine again takes its time where there are thousands. */
    private static final Duration RELOAD = Duration.ofSeconds(30);

    /** After KILL systemd waits for as long as it did after TERM, and then gives up. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(10);

    // One reload serves all who wait for one.
    private final ReentrantLock reloads = new ReentrantLock();

    /**
     * What systemd says of a unit.
     *
     * @param load such as {@code loaded}, {@code not-found} or {@code masked}
     * @param active such as {@code deactivating} or {@code failed}
     * @param main the main process, 0 where there is none
     * @param fragment the file that it was read from, empty where there is none
     * @param stale whether the file has changed since
     */
    record Unit(String load, String active, long main, String fragment, boolean stale) {
        boolean isDown() {
            return active.equals("inactive") || active.equals("failed");
        }
    }

    Unit show(String unit) throws IOException, InterruptedException {
        String output =
                run(
                        COMMAND,
                        "show",
                        "--property=LoadState,ActiveState,MainPID,FragmentPath,NeedDaemonReload",
                        unit);
        Map<String, String> properties = new HashMap<>();
        output.lines()
                .map(line -> line.split("=", 2))
                .filter(property -> property.length == 2)
                .forEach(property -> properties.put(property[0], property[1]));
        String pid = properties.getOrDefault("MainPID", "");
        return new Unit(
                properties.getOrDefault("LoadState", ""),
                properties.getOrDefault("ActiveState", ""),
                pid.matches("\\d{1,18}") ? Long.parseLong(pid) : 0,
                properties.getOrDefault("FragmentPath", ""),
                properties.getOrDefault("NeedDaemonReload", "").equals("yes"));
    }

    /** What systemd says of a unit after it has read its file as it is now. */
    Unit fresh(String unit) throws IOException, InterruptedException {
        if (!isStale(show(unit))) {
            return show(unit);
        }
        reloads.lockInterruptibly();
        try {
            if (isStale(show(unit))) {
                run(RELOAD, "daemon-reload");
            }
        } finally {
            reloads.unlock();
        }
        return show(unit);
    }

    private static boolean isStale(Unit unit) {
        return unit.stale() || unit.load().equals("not-found");
    }

    void reload() throws IOException, InterruptedException {
        reloads.lockInterruptibly();
        try {
            run(RELOAD, "daemon-reload");
        } finally {
            reloads.unlock();
        }
    }

    void start(String unit) throws IOException, InterruptedException {
        run(COMMAND, "start", "--no-block", unit);
    }

    /** Stops it, waiting until all of it is gone or systemd has given up; what it said then. */
    Optional<String> stop(String unit, Duration grace) throws InterruptedException {
        try {
            run(grace.plus(LAST_WAIT), "stop", unit);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Forgets how it failed, and how often it was started. */
    void resetFailed(String unit) throws IOException, InterruptedException {
        run(COMMAND, "reset-failed", unit);
    }

    private static String run(Duration timeout, String verb, String... arguments)
            throws IOException, InterruptedException {
        String[] all = new String[arguments.length + 2];
        all[0] = "systemctl";
        all[1] = verb;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Command command = Command.of(timeout, all);
        Command.Result result = command.run();
        if (result.exit() != 0) {
            throw new IOException(
                    command + " ended with exit code " + result.exit() + ": " + result.output());
        }
        return result.output();
    }
}
