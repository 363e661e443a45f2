package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Services as children of a small runner each: a shell script in a session of its own, which
 * outlives this agent and restarts a service that ends. Needs nothing but a POSIX shell and
 * util-linux; does not bring services back after a reboot, which the agent does when it starts.
 * Safe for use by many threads of one agent.
 */
public final class ProcessSupervisor implements Supervisor {
    private static final Duration COMMAND = Duration.ofSeconds(5);

    /** What a service may inherit: an agent's environment may hold tokens. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "JAVA_HOME");

    private final Path state;
    private final LogLimits logs;
    private final AppLocks locks = new AppLocks();

    /**
     * @param state where each service has its directory, with its log; made when missing
     * @param logs what is kept of what services print
     */
    public ProcessSupervisor(Path state, LogLimits logs) {
        this.logs = logs;
        this.state = ServiceDirectory.plain(state);
    }

    @Override
    public Set<AppName> managed() throws IOException {
        return ServiceDirectory.ours(state);
    }

    @Override
    public ServiceState state(AppName app) throws IOException {
        if (!directory(app).isOurs()) {
            return new ServiceState.Absent();
        }
        Optional<MainProcess> main = MainProcess.in(directory(app).path());
        return main.isPresent() ? running(main.get()) : new ServiceState.Down();
    }

    private static ServiceState running(MainProcess main) {
        return new ServiceState.Running(main.process().pid(), Optional.of(main.install()));
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
    public boolean isGuarded(AppName app) throws IOException {
        return MainProcess.in(directory(app).path(), MainProcess.GUARDIAN).isPresent();
    }

    @Override
    public boolean isConfigured(ServiceDefinition definition) throws IOException {
        ServiceDirectory directory = directory(definition.app());
        return directory.holds(ServiceScripts.process(definition, directory.path(), logs));
    }

    @Override
    public void configure(ServiceDefinition definition) throws IOException, InterruptedException {
        try (var _ = locks.hold(definition.app())) {
            ServiceDirectory directory = directory(definition.app());
            directory.requireOwn();
            directory.writeService(ServiceScripts.process(definition, directory.path(), logs));
        }
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
            Deadline deadline = Deadline.in(timeout);
            directory.letUp();
            detachRunner(directory.path());
            if (!deadline.await(
                    () -> state(app) instanceof ServiceState.Running && isGuarded(app))) {
                throw new IOException(
                        "%s does not come up within %s. %s"
                                .formatted(
                                        app,
                                        timeout,
                                        ServiceDirectory.tail(
                                                        directory.path().resolve("log/current"))
                                                .orElse("It has no log yet.")));
            }
        }
    }

    /** Harmless when there is one already: the second finds the lock taken, and ends. */
    private static void detachRunner(Path directory) throws IOException, InterruptedException {
        Map<String, String> environment =
                System.getenv().entrySet().stream()
                        .filter(variable ->
                                INHERITED.contains(variable.getKey())
                                        || variable.getKey().startsWith("LC_"))
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        Map.Entry::getValue,
                                        (one, _) -> one,
                                        TreeMap::new));
        environment.put(ServiceScripts.RUNNER, directory.toString());
        List<String> arguments =
                List.of(
                        "sh",
                        directory.resolve("runner").toString(),
                        "detach",
                        directory.toString());
        Command.Result result = new Command(arguments, COMMAND, environment).run();
        if (result.exit() != 0) {
            throw new IOException(
                    "cannot start the runner of " + directory + ": " + result.output());
        }
    }

    @Override
    public StopResult stop(AppName app, Duration grace) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            ServiceDirectory directory = directory(app);
            if (!directory.isOurs()) {
                return new StopResult.Stopped();
            }
            directory.keepDown();
            return tree(directory.path()).end(grace, Optional.empty());
        }
    }

    private static ProcessTree tree(Path directory) throws IOException {
        String place = directory.toString();
        return new ProcessTree(
                MainProcess.in(directory).map(MainProcess::process),
                List.of(
                        new ProcessTree.Mark(ServiceScripts.SERVICE, place),
                        new ProcessTree.Mark(ServiceScripts.RUNNER, place)));
    }

    @Override
    public void remove(AppName app) throws IOException, InterruptedException {
        try (var _ = locks.hold(app)) {
            ServiceDirectory directory = directory(app);
            if (!directory.isOurs()) {
                return;
            }
            if (!tree(directory.path()).running().isEmpty()) {
                throw new IOException(
                        "cannot remove " + directory.path() + ": it still runs; stop it first");
            }
            directory.remove();
        }
    }

    private ServiceDirectory directory(AppName app) {
        return new ServiceDirectory(state, app);
    }
}
