package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Services under runit whose directories {@code servicebuilder} makes from {@code
 * <config>/<app>.yaml}, as the original had it. That YAML has no place for an environment or an
 * account: the {@link ServiceDefinition#environment} is not delivered, {@link
 * ServiceDefinition#runAs} is refused, and the install of a running service is not known. Safe for
 * use by many threads.
 *
 * <p>Which services are ours is kept in {@code <config>/.platypus/<app>/}. Where that is lost,
 * nothing is removed, and a YAML that reads exactly as ours is taken over at the next deployment.
 */
public final class ServicebuilderSupervisor implements Supervisor {
    private static final Duration BUILD = Duration.ofSeconds(60);
    private static final String MODE = "rw-r--r--";

    private final Path config;
    private final Path runit;
    private final Path stage;
    private final String command;
    private final AppLocks locks = new AppLocks();
    // One run of servicebuilder makes all services: two at once would meet in the same files.
    private final ReentrantLock builds = new ReentrantLock();

    /**
     * @param config where servicebuilder reads {@code *.yaml}
     * @param runit the directory that {@code runsvdir} watches
     * @param stage where servicebuilder makes the service directories
     * @param command the program, {@code servicebuilder}
     */
    public ServicebuilderSupervisor(Path config, Path runit, Path stage, String command) {
        this.config = ServiceDirectory.plain(config);
        this.runit = ServiceDirectory.plain(runit);
        this.stage = ServiceDirectory.plain(stage);
        this.command = command;
    }

    @Override
    public Set<AppName> managed() throws IOException {
        return ServiceDirectory.ours(marks());
    }

    @Override
    public ServiceState state(AppName app) throws IOException {
        return isOurs(app) && Files.exists(stage.resolve(app.value()))
                ? service(app).state()
                : new ServiceState.Absent();
    }

    @Override
    public boolean launchesDirectories() {
        // The original's YAML names one program.
        return false;
    }

    @Override
    public boolean isConfigured(ServiceDefinition definition) throws IOException {
        AppName app = definition.app();
        return definition.runAs().isEmpty()
                && mark(app).holds(markOf(definition))
                && yamlOf(definition).isAt(yaml(app))
                && Files.exists(stage.resolve(app.value()).resolve("run"))
                && service(app).isLinked();
    }

    @Override
    public void configure(ServiceDefinition definition) throws IOException, InterruptedException {
        AppName app = definition.app();
        if (definition.runAs().isPresent()) {
            throw new IOException(
                    "servicebuilder cannot run %s as %s: leave -config out, so that Platypus writes"
                                    .formatted(app, definition.runAs().get())
                            + " the service directory itself");
        }
        try (var _ = locks.hold(app)) {
            requireOwn(definition);
            mark(app).write(markOf(definition));
            Files.createDirectories(config);
            yamlOf(definition).writeTo(yaml(app));
            Path directory = stage.resolve(app.value());
            if (!Files.exists(directory)) {
                // servicebuilder links at once what it makes: without the file it would come up.
                Files.createDirectories(directory);
                directory(app).keepDown();
            }
            build();
            if (!Files.exists(directory.resolve("run")) || !service(app).isLinked()) {
                throw new IOException(
                        "%s has not made %s and its link in %s"
                                .formatted(command, directory, runit));
            }
        }
    }

    /** What carries our mark, or reads as we would write it, is ours; the rest is not. */
    private void requireOwn(ServiceDefinition definition) throws IOException {
        AppName app = definition.app();
        service(app).requireOwnName();
        if (isOurs(app) || yamlOf(definition).isAt(yaml(app))) {
            return;
        }
        if (Files.exists(yaml(app)) || Files.exists(stage.resolve(app.value()))) {
            throw new IOException(
                    "%s or %s belongs to a service that Platypus did not make: rename or remove it"
                            .formatted(yaml(app), stage.resolve(app.value())));
        }
    }

    private void build() throws IOException, InterruptedException {
        builds.lockInterruptibly();
        try {
            Command build =
                    Command.of(
                            BUILD,
                            command,
                            "-c",
                            config.toString(),
                            "-d",
                            runit.toString(),
                            "-s",
                            stage.toString());
            Command.Result result = build.run();
            if (result.exit() != 0) {
                throw new IOException(
                        build + " ended with exit code " + result.exit() + ": " + result.output());
            }
        } finally {
            builds.unlock();
        }
    }

    @Override
    public void keepStopGrace(AppName app, Duration grace)
            throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            mark(app).keepStopGrace(grace);
        }
    }

    @Override
    public Optional<Duration> stopGrace(AppName app) throws IOException {
        return mark(app).stopGrace();
    }

    @Override
    public void start(AppName app, Duration timeout) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            mark(app).requireConfigured();
            ServiceDirectory.requireLaunch(app, mark(app).basedir());
            service(app).start(timeout, _ -> true);
        }
    }

    @Override
    public StopResult stop(AppName app, Duration grace) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            return isOurs(app) && Files.exists(stage.resolve(app.value()))
                    ? service(app).stop(grace)
                    : new StopResult.Stopped();
        }
    }

    @Override
    public void remove(AppName app) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            if (!mark(app).isOurs()) {
                return;
            }
            Files.deleteIfExists(yaml(app));
            if (Files.exists(stage.resolve(app.value()))) {
                service(app).remove();
            }
            // Last, so that a removal that was cut short is taken up again.
            mark(app).remove();
        }
    }

    /** Ours by its mark, or by a form that nobody else writes: the original's. */
    private boolean isOurs(AppName app) throws IOException {
        return mark(app).isOurs() || ServicebuilderYaml.isOne(app, read(yaml(app)));
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static ServiceFile yamlOf(ServiceDefinition definition) {
        return new ServiceFile(
                ServicebuilderYaml.render(definition.app(), definition.basedir()), MODE);
    }

    private static Map<String, ServiceFile> markOf(ServiceDefinition definition) {
        return Map.of(ServiceDirectory.MARK, new ServiceFile(definition.basedir() + "\n", MODE));
    }

    private Path marks() {
        return config.resolve(ServiceDirectory.MARK);
    }

    private ServiceDirectory mark(AppName app) {
        return new ServiceDirectory(marks(), app);
    }

    private Path yaml(AppName app) {
        return config.resolve(app + ".yaml");
    }

    private ServiceDirectory directory(AppName app) {
        return new ServiceDirectory(stage, app);
    }

    private RunitService service(AppName app) {
        return new RunitService(directory(app), runit);
    }
}
