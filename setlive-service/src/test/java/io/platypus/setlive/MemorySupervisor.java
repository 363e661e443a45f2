package io.platypus.setlive;

import io.platypus.intent.AppName;
import io.platypus.setlive.supervisor.ServiceDefinition;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.StopResult;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A supervisor whose processes are notes. It is as strict as a real one: it starts only what is
 * configured and can be launched, by the link as it is at that moment, and it does not change a
 * definition under a running process. It outlives the agents of a test.
 */
public final class MemorySupervisor implements Supervisor {
    /** A process: which install it runs, with what definition, and the config that it has read. */
    public record Note(long pid, Path install, ServiceDefinition definition, String config) {}

    private final Map<AppName, ServiceDefinition> definitions = new ConcurrentHashMap<>();
    private final Map<AppName, Note> processes = new ConcurrentHashMap<>();
    private final Map<AppName, Duration> graces = new ConcurrentHashMap<>();
    private volatile Optional<Duration> given = Optional.empty();
    private volatile Optional<Duration> patience = Optional.empty();
    private final AtomicLong pids = new AtomicLong(1_000_000_000_000L);
    private final AtomicInteger mostDown = new AtomicInteger();
    private volatile Runnable afterStop = () -> {};
    private volatile Optional<String> refusal = Optional.empty();

    /** Runs after each stop, on its thread. */
    public void afterStop(Runnable look) {
        afterStop = look;
    }

    /** From now on a stop ends with this. */
    public void refuseToStop(Optional<String> message) {
        refusal = message;
    }

    public Optional<Note> process(String app) {
        return Optional.ofNullable(processes.get(new AppName(app)));
    }

    /** The process ends by itself. */
    public void crash(String app) {
        processes.remove(new AppName(app));
    }

    /** The most services that were down at once just after a stop. */
    public int mostDown() {
        return mostDown.get();
    }

    /** What stands, for comparison: process identities left out. */
    public Map<String, String> picture() {
        Map<String, String> picture = new TreeMap<>();
        definitions.forEach((app, definition) -> {
            Note note = processes.get(app);
            picture.put(
                    app.value(),
                    definition
                            + (note == null ? " down" : " " + note.install().getFileName())
                            + (note == null ? "" : " " + note.config()));
        });
        return picture;
    }

    @Override
    public Set<AppName> managed() {
        return Set.copyOf(definitions.keySet());
    }

    @Override
    public ServiceState state(AppName app) {
        Note note = processes.get(app);
        if (note != null) {
            return new ServiceState.Running(note.pid(), Optional.of(note.install()));
        }
        return definitions.containsKey(app) ? new ServiceState.Down() : new ServiceState.Absent();
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
    public boolean isConfigured(ServiceDefinition definition) {
        return definition.equals(definitions.get(definition.app()));
    }

    @Override
    public void configure(ServiceDefinition definition) {
        definitions.put(definition.app(), definition);
    }

    @Override
    public void keepStopGrace(AppName app, Duration grace) {
        graces.put(app, grace);
    }

    @Override
    public Optional<Duration> stopGrace(AppName app) {
        return Optional.ofNullable(graces.get(app));
    }

    /** How long the last start could have taken. */
    public Optional<Duration> patience() {
        return patience;
    }

    /** The grace of the last stop. */
    public Optional<Duration> given() {
        return given;
    }

    @Override
    public void start(AppName app, Duration timeout) throws IOException {
        patience = Optional.of(timeout);
        ServiceDefinition definition = definitions.get(app);
        if (definition == null) {
            throw new IOException("start of " + app + ": no such service");
        }
        if (processes.containsKey(app)) {
            return;
        }
        Path install = definition.basedir().resolve("current").toRealPath();
        if (!Files.isExecutable(install.resolve("bin/launch"))) {
            throw new IOException("start of " + app + ": no bin/launch in " + install);
        }
        String path = definition.environment().getOrDefault("CONFIG_PATH", "");
        String config = path.isEmpty() ? "" : Files.readString(Path.of(path));
        processes.put(app, new Note(pids.incrementAndGet(), install, definition, config));
    }

    @Override
    public StopResult stop(AppName app, Duration grace) {
        if (refusal.isPresent()) {
            return new StopResult.StillRunning(refusal.get());
        }
        given = Optional.of(grace);
        processes.remove(app);
        mostDown.accumulateAndGet(definitions.size() - processes.size(), Math::max);
        afterStop.run();
        return new StopResult.Stopped();
    }

    @Override
    public void remove(AppName app) throws IOException {
        if (processes.containsKey(app)) {
            throw new IOException("removal of " + app + ": it runs");
        }
        definitions.remove(app);
    }
}
