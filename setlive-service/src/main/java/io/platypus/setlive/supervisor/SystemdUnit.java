package io.platypus.setlive.supervisor;

import io.platypus.intent.RunPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One service under systemd: its directory, its unit, and the link that has it started at boot.
 *
 * @param units where units are, {@code /etc/systemd/system}
 * @param name of the unit, such as {@code platypus-slug.service}
 */
record SystemdUnit(ServiceDirectory directory, Path units, String name, Systemctl systemctl) {
    private static final int STOP_ATTEMPTS = 3;
    private static final String MODE = "rw-r--r--";

    private Path path() {
        return units.resolve(name);
    }

    private Path link() {
        return units.resolve("multi-user.target.wants").resolve(name);
    }

    /** Ours by the directory's mark, or, where that was lost, by the unit's own. */
    boolean isOurs() throws IOException {
        return directory.isOurs() || isUnitOurs();
    }

    private boolean isUnitOurs() throws IOException {
        return UnitFile.isOf(directory.path(), text());
    }

    private String text() throws IOException {
        try {
            return Files.readString(path());
        } catch (NoSuchFileException | java.nio.charset.MalformedInputException e) {
            return "";
        }
    }

    /**
     * @throws IOException if there is a unit of this name that is not this one
     */
    void requireOwnName() throws IOException, InterruptedException {
        if (isUnitOurs()) {
            return;
        }
        if (!Files.exists(path(), LinkOption.NOFOLLOW_LINKS)) {
            // There may be one in another of systemd's directories, which ours would hide.
            String there = systemctl.show(name).fragment();
            if (!there.isEmpty() && !there.equals(path().toString())) {
                throw foreign(there);
            }
            return;
        }
        if (Files.isSymbolicLink(path()) && path().toRealPath().equals(Path.of("/dev/null"))) {
            throw new IOException(
                    "%s is masked, so it must not run: systemctl unmask it, or withdraw the app %s"
                            .formatted(name, directory.app()));
        }
        throw foreign(path());
    }

    private IOException foreign(Object unit) {
        return new IOException(
                "%s is a service that Platypus did not make: rename or remove it, or the app %s"
                        .formatted(unit, directory.app()));
    }

    /** Whether the unit is exactly this one; the grace in it is no part of the definition. */
    boolean isAs(ServiceDefinition definition) throws IOException {
        return rendered(definition).isAt(path());
    }

    private ServiceFile rendered(ServiceDefinition definition) throws IOException {
        Duration grace = directory.stopGrace().orElse(RunPolicy.DEFAULT_STOP_GRACE);
        return new ServiceFile(UnitFile.render(definition, directory.path(), grace), MODE);
    }

    /** Writes the unit, and has it started at boot; systemd reads it before the next start. */
    void write(ServiceDefinition definition) throws IOException {
        rendered(definition).writeTo(path());
        enable();
    }

    private void enable() throws IOException {
        try {
            if (Files.readSymbolicLink(link()).equals(path())) {
                return;
            }
        } catch (NotLinkException | NoSuchFileException e) {
            Files.createDirectories(link().resolveSibling("."));
        }
        Path fresh = link().resolveSibling("." + name + ".new");
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, path());
        Files.move(fresh, link(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Keeps the grace with the service, and in the unit for when the machine is shut down. */
    void keepGrace(Duration grace) throws IOException {
        directory.keepStopGrace(grace);
        if (isUnitOurs()) {
            new ServiceFile(UnitFile.withGrace(text(), grace), MODE).writeTo(path());
        }
    }

    /** From the record of its start, without asking systemd: passes look at every service. */
    ServiceState state() throws IOException, InterruptedException {
        Optional<MainProcess> main = MainProcess.in(directory.path());
        if (main.isPresent()) {
            return new ServiceState.Running(
                    main.get().process().pid(), Optional.of(main.get().install()));
        }
        if (directory.isOurs()) {
            return new ServiceState.Down();
        }
        long pid = systemctl.show(name).main();
        return pid > 0 ? new ServiceState.Running(pid, Optional.empty()) : new ServiceState.Down();
    }

    /** Starts it, and waits until its script has become the service. */
    void start(Duration timeout) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        requireOwnName();
        directory.letUp();
        enable();
        Systemctl.Unit unit = systemctl.fresh(name);
        if (!unit.load().equals("loaded")) {
            throw new IOException(
                    "cannot start %s: systemd says that it is %s; see systemctl status %s"
                            .formatted(name, unit.load(), name));
        }
        if (unit.active().equals("failed")) {
            systemctl.resetFailed(name);
        }
        systemctl.start(name);
        if (!deadline.await(() -> state() instanceof ServiceState.Running)) {
            throw new IOException(
                    "%s does not come up within %s. %s"
                            .formatted(directory.app(), timeout, Journal.tail(name)));
        }
    }

    /** Stops all of its control group for good; a reboot does not bring it back. */
    StopResult stop(Duration grace) throws IOException, InterruptedException {
        if (directory.isOurs()) {
            directory.keepDown();
        } else {
            Files.deleteIfExists(link());
        }
        ProcessTree tree = tree();
        // Looked at first: what leaves the group is known after that as well.
        tree.running();
        keepGrace(grace);
        Systemctl.Unit unit = systemctl.fresh(name);
        for (int attempt = 1; !unit.isDown(); attempt++) {
            // Whoever starts its target at this moment cancels the stop: but for that, one will do.
            Optional<String> failure = systemctl.stop(name, grace);
            unit = systemctl.show(name);
            if (!unit.isDown() && (failure.isEmpty() || attempt == STOP_ATTEMPTS)) {
                return new StopResult.StillRunning(
                        failure.orElse(name + " is " + unit.active() + " after a stop"));
            }
        }
        if (unit.active().equals("failed")) {
            // It was stopped, whatever it made of TERM: it need not stand among the failures.
            systemctl.resetFailed(name);
        }
        return tree.end(Duration.ZERO, Optional.empty());
    }

    private ProcessTree tree() throws IOException {
        Path path = directory.path();
        return new ProcessTree(
                MainProcess.in(path).map(MainProcess::process),
                List.of(new ProcessTree.Mark(ServiceScripts.SERVICE, path.toString())));
    }

    /** Removes unit, link and directory, the last of them last. */
    void remove() throws IOException, InterruptedException {
        if (!(state() instanceof ServiceState.Down) || !tree().running().isEmpty()) {
            throw new IOException("cannot remove " + name + ": it still runs; stop it first");
        }
        if (isUnitOurs()) {
            Files.deleteIfExists(link());
            Files.delete(path());
            systemctl.reload();
        }
        directory.remove();
    }
}
