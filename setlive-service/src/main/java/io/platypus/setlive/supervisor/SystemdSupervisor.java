package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Services as units of systemd (from version 240), {@code platypus-<app>.service}. Each app has one
 * unit, also where its {@code bin/launch} is a directory; its script, its record and the file
 * {@code down} are in a directory of ours. Safe for use by many threads; needs root.
 */
public final class SystemdSupervisor implements Supervisor {
    /** What systemd reads of the administrator's own units, at boot and at a reload. */
    public static final Path UNITS = Path.of("/etc/systemd/system");

    private static final String SUFFIX = ".service";

    private final Path units;
    private final String prefix;
    private final Path state;
    private final Systemctl systemctl = new Systemctl();
    private final AppLocks locks = new AppLocks();

    /**
     * @param units where units are written: a directory that systemd reads
     * @param prefix of the units' names, such as {@code platypus-}
     * @param state where each service has its directory; made when missing
     */
    public SystemdSupervisor(Path units, String prefix, Path state) {
        this.units = ServiceDirectory.plain(units);
        this.prefix = prefix;
        this.state = ServiceDirectory.plain(state);
    }

    @Override
    public Set<AppName> managed() throws IOException {
        Set<AppName> apps = new TreeSet<>(ServiceDirectory.ours(state));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(units, prefix + "*" + SUFFIX)) {
            for (Path file : files) {
                ownerOf(file).ifPresent(apps::add);
            }
        } catch (NoSuchFileException e) {
            return apps;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return apps;
    }

    /** The app of a unit of ours: found also when its directory was lost. */
    private Optional<AppName> ownerOf(Path file) throws IOException {
        String name = file.getFileName().toString();
        String app = name.substring(prefix.length(), name.length() - SUFFIX.length());
        return ServiceDirectory.name(app)
                .filter(_ -> Files.isRegularFile(file))
                .filter(owner -> !Files.exists(directory(owner).path()) && isUnitOurs(owner));
    }

    private boolean isUnitOurs(AppName app) {
        try {
            return unit(app).isOurs();
        } catch (IOException e) {
            // Removed at this moment: the next look does not show it any more.
            return false;
        }
    }

    @Override
    public ServiceState state(AppName app) throws IOException, InterruptedException {
        return unit(app).isOurs() ? unit(app).state() : new ServiceState.Absent();
    }

    @Override
    public boolean launchesDirectories() {
        return true;
    }

    @Override
    public Set<String> keepsLimits() {
        return Set.of("cpu", "files", "memory");
    }

    @Override
    public boolean isConfigured(ServiceDefinition definition)
            throws IOException, InterruptedException {
        ServiceDirectory directory = directory(definition.app());
        if (directory.isOurs()) {
            // Whoever masked or replaced the unit meant it: nothing is stopped for it.
            unit(definition.app()).requireOwnName();
        }
        return directory.holds(ServiceScripts.systemd(definition, directory.path()))
                && unit(definition.app()).isAs(definition);
    }

    @Override
    public void configure(ServiceDefinition definition) throws IOException, InterruptedException {
        try (var _ = locks.hold(definition.app())) {
            ServiceDirectory directory = directory(definition.app());
            unit(definition.app()).requireOwnName();
            directory.requireOwn();
            directory.writeService(ServiceScripts.systemd(definition, directory.path()));
            unit(definition.app()).write(definition);
        }
    }

    @Override
    public void keepStopGrace(AppName app, Duration grace)
            throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            unit(app).keepGrace(grace);
        }
    }

    @Override
    public Optional<Duration> stopGrace(AppName app) throws IOException {
        return directory(app).stopGrace();
    }

    @Override
    public void start(AppName app, Duration timeout) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            ServiceDirectory directory = directory(app);
            directory.requireConfigured();
            ServiceDirectory.requireLaunch(app, directory.basedir());
            unit(app).start(timeout);
        }
    }

    @Override
    public StopResult stop(AppName app, Duration grace) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            return unit(app).isOurs() ? unit(app).stop(grace) : new StopResult.Stopped();
        }
    }

    @Override
    public void remove(AppName app) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            if (unit(app).isOurs()) {
                unit(app).remove();
            }
        }
    }

    private ServiceDirectory directory(AppName app) {
        return new ServiceDirectory(state, app);
    }

    private SystemdUnit unit(AppName app) {
        return new SystemdUnit(directory(app), units, prefix + app + SUFFIX, systemctl);
    }
}
