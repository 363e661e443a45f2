package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One service under runit: its directory, and the link by which {@code runsvdir} finds it.
 *
 * @param runit the directory that {@code runsvdir} watches
 */
record RunitService(ServiceDirectory directory, Path runit) {
    private static final int STOP_ATTEMPTS = 3;

    private Path path() {
        return directory.path();
    }

    private Path link() {
        return runit.resolve(directory.app().value());
    }

    boolean isLinked() throws IOException {
        try {
            Path target = runit.resolve(Files.readSymbolicLink(link())).normalize();
            return target.equals(path());
        } catch (NotLinkException | java.nio.file.NoSuchFileException e) {
            return false;
        }
    }

    /**
     * @throws IOException if {@code runsvdir} has a service of this name that is not this one
     */
    void requireOwnName() throws IOException {
        if (Files.exists(link(), LinkOption.NOFOLLOW_LINKS) && !isLinked()) {
            throw new IOException(
                    "%s is a service that Platypus did not make: rename or remove it, or the app %s"
                            .formatted(link(), directory.app()));
        }
    }

    /** Shows the directory to {@code runsvdir}, in one rename and without starting the service. */
    void show() throws IOException {
        if (isLinked()) {
            return;
        }
        directory.keepDown();
        Files.createDirectories(runit);
        // runsvdir skips names that begin with a dot.
        Path fresh = runit.resolve("." + directory.app() + ".new");
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, path());
        Files.move(fresh, link(), StandardCopyOption.ATOMIC_MOVE);
    }

    ServiceState state() throws IOException {
        Optional<ProcessStat> main = Runit.main(path());
        return main.isPresent() ? running(main.get()) : new ServiceState.Down();
    }

    private ServiceState running(ProcessStat main) throws IOException {
        // Never from its environment: a program may write what it likes there, and root would
        // then run programs from where it says.
        Optional<Path> install =
                MainProcess.in(path())
                        .filter(record -> record.process().isSame(main))
                        .map(MainProcess::install);
        return new ServiceState.Running(main.pid(), install);
    }

    /** Brings it up and waits until it has a process; {@code launched} says of which kind. */
    void start(Duration timeout, Launched launched) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        directory.letUp();
        Runit.up(path(), deadline);
        if (!deadline.await(
                () -> state() instanceof ServiceState.Running now && launched.is(now))) {
            throw new IOException(
                    "%s does not come up within %s. %s"
                            .formatted(
                                    directory.app(),
                                    timeout,
                                    ServiceDirectory.tail(path().resolve("log/main/current"))
                                            .orElse("It has no log yet.")));
        }
    }

    /** Whether a process is the service itself, and not the script before it. */
    @FunctionalInterface
    interface Launched {
        boolean is(ServiceState.Running now);
    }

    /** Stops it for good: nothing of it runs, and nobody brings it up before the next start. */
    StopResult stop(Duration grace) throws IOException, InterruptedException {
        directory.keepDown();
        StopResult result = new StopResult.Stopped();
        for (int attempt = 0; attempt < STOP_ATTEMPTS; attempt++) {
            Optional<ProcessStat> main = Runit.main(path());
            ProcessTree tree = tree(main);
            // Looked at first: a parent that TERM ends at once no longer shows its children.
            tree.running();
            boolean told = Runit.down(path());
            result = tree.end(grace, told ? main : Optional.empty());
            if (result instanceof StopResult.StillRunning || Runit.main(path()).isEmpty()) {
                break;
            }
        }
        if (result instanceof StopResult.Stopped
                && (!Runit.staysDown(path()) || Runit.main(path()).isPresent())) {
            return new StopResult.StillRunning(
                    "runsv does not say that "
                            + path()
                            + " is down: it may start the service again");
        }
        return result;
    }

    private ProcessTree tree(Optional<ProcessStat> main) {
        return new ProcessTree(
                main, List.of(new ProcessTree.Mark(ServiceScripts.SERVICE, path().toString())));
    }

    /** Takes it from {@code runsvdir}, ends its {@code runsv}, and removes its directory. */
    void remove() throws IOException, InterruptedException {
        if (!tree(Runit.main(path())).running().isEmpty()) {
            throw new IOException("cannot remove " + path() + ": it still runs; stop it first");
        }
        directory.keepDown();
        if (isLinked()) {
            Files.delete(link());
        }
        Runit.exit(path());
        directory.remove();
    }
}
