package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Services under runit (runit 2.1), in service directories of our own: {@code run}, {@code finish}
 * and a log service under {@code <stage>/<app>/}, linked into the directory that {@code runsvdir}
 * watches. Safe for use by many threads; needs {@code runsvdir}, {@code sv}, {@code chpst} and
 * {@code svlogd}.
 */
public final class RunitSupervisor implements Supervisor {
    private final Path runit;
    private final Path stage;
    private final LogLimits logs;
    private final AppLocks locks = new AppLocks();

    /**
     * @param runit the directory that {@code runsvdir} watches
     * @param stage where the service directories live, on any filesystem; not watched by runsvdir
     * @param logs what svlogd is told to keep
     */
    public RunitSupervisor(Path runit, Path stage, LogLimits logs) {
        this.logs = logs;
        this.runit = ServiceDirectory.plain(runit);
        this.stage = ServiceDirectory.plain(stage);
    }

    @Override
    public Set<AppName> managed() throws IOException {
        return ServiceDirectory.ours(stage);
    }

    @Override
    public ServiceState state(AppName app) throws IOException {
        return directory(app).isOurs() ? service(app).state() : new ServiceState.Absent();
    }

    @Override
    public boolean launchesDirectories() {
        return true;
    }

    @Override
    public Set<String> keepsLimits() {
        return Set.of("files");
    }

    @Override
    public boolean isConfigured(ServiceDefinition definition) throws IOException {
        ServiceDirectory directory = directory(definition.app());
        return directory.holds(ServiceScripts.runit(definition, directory.path(), logs))
                && service(definition.app()).isLinked();
    }

    @Override
    public void configure(ServiceDefinition definition) throws IOException, InterruptedException {
        ServiceDirectory directory = directory(definition.app());
        try (var _ = locks.hold(definition.app())) {
            requireOwn(directory);
            directory.writeService(ServiceScripts.runit(definition, directory.path(), logs));
            service(definition.app()).show();
        }
    }

    private void requireOwn(ServiceDirectory directory) throws IOException {
        service(directory.app()).requireOwnName();
        directory.requireOwn();
    }

    @Override
    public void keepStopGrace(AppName app, Duration grace)
            throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            directory(app).keepStopGrace(grace);
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
            service(app).start(timeout, now -> now.install().isPresent());
        }
    }

    @Override
    public StopResult stop(AppName app, Duration grace) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            return directory(app).isOurs() ? service(app).stop(grace) : new StopResult.Stopped();
        }
    }

    @Override
    public void remove(AppName app) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            if (directory(app).isOurs()) {
                service(app).remove();
            }
        }
    }

    private ServiceDirectory directory(AppName app) {
        return new ServiceDirectory(stage, app);
    }

    private RunitService service(AppName app) {
        return new RunitService(directory(app), runit);
    }
}
