package io.platypus.setlive.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.Probe;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.supervisor.ServiceDefinition;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.StopResult;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HealthGateTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final long FAR = 1_000_000_000_000L;

    @TempDir Path basedir;
    private Path one = Path.of("/");
    private Path two = Path.of("/");

    @BeforeEach
    void installs() throws IOException {
        one = Files.createDirectories(basedir.resolve("installs/slug_1"));
        two = Files.createDirectories(basedir.resolve("installs/slug_2"));
    }

    @Test
    void acceptsTheRightVersionThatPasses() throws Exception {
        assertThat(await(stable(two))).isEqualTo(Outcome.done());
    }

    @Test
    void doesNotAcceptAnotherVersionThatPasses() throws Exception {
        assertThat(message(await(stable(one)))).contains("is not of " + two);
    }

    @Test
    void doesNotAcceptAPassingCheckWhoseProcessIsAnotherOneAfterwards() throws Exception {
        Iterator<Long> pids = LongStream.iterate(FAR, pid -> pid + 1).iterator();
        assertThat(message(await(() -> running(pids.next(), two))))
                .contains("ended while it was probed");
    }

    @Test
    void successesOfDifferentProcessesAreNotSuccessesInARow() throws Exception {
        // Each process is seen twice, before and after its probe, and then there is another one.
        Iterator<Long> looks = LongStream.iterate(0, look -> look + 1).iterator();
        Path check = Files.createDirectories(two.resolve("bin")).resolve("ok");
        Files.writeString(check, "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(check, PosixFilePermissions.fromString("rwxr-xr-x"));
        Intents twice =
                Intents.of("slug", basedir)
                        .active("2")
                        .health(new Probe.Exec("bin/ok"), Duration.ofMillis(1), 2)
                        .startTimeout(SHORT);
        assertThat(await(twice, stable(two))).isEqualTo(Outcome.done());
        assertThat(message(await(twice, () -> running(FAR + looks.next() / 2, two))))
                .contains("1 of 2");
    }

    @Test
    void namesADownServiceAsSuch() throws Exception {
        assertThat(message(await(ServiceState.Down::new))).contains("no process");
    }

    private Outcome await(Supplier<ServiceState> state) throws Exception {
        return await(Intents.of("slug", basedir).active("2").startTimeout(SHORT), state);
    }

    private static Outcome await(Intents intents, Supplier<ServiceState> state) throws Exception {
        Clock clock = Clock.systemUTC();
        HealthHistory history = new HealthHistory(clock);
        try (InstanceHealth health = new InstanceHealth(new Seen(state), history, clock)) {
            return new HealthGate(health, history, clock, SHORT, _ -> {})
                    .await(intents.intent(), new Version("2"), new LongPass());
        }
    }

    private static Supplier<ServiceState> stable(Path install) {
        return () -> running(FAR, install);
    }

    private static ServiceState running(long pid, Path install) {
        return new ServiceState.Running(pid, Optional.of(install));
    }

    private static String message(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Held.class,
                        held -> assertThat(held.reason()).isEqualTo(SetliveReason.UNHEALTHY));
        return ((Outcome.Held) outcome).message();
    }

    /** A pass that lasts as long as it wants to. */
    private static final class LongPass implements Pass {
        @Override
        public void progress(String message) {}

        @Override
        public Optional<Target> wanted() {
            return Optional.empty();
        }

        @Override
        public boolean superseded() {
            return false;
        }

        @Override
        public Optional<Outcome> confirm() {
            return Optional.empty();
        }
    }

    /** Shows a state, and can do nothing. */
    private record Seen(Supplier<ServiceState> seen) implements Supervisor {
        @Override
        public Set<AppName> managed() {
            return Set.of();
        }

        @Override
        public ServiceState state(AppName app) {
            return seen.get();
        }

        @Override
        public boolean launchesDirectories() {
            return false;
        }

        @Override
        public boolean isConfigured(ServiceDefinition definition) {
            return true;
        }

        @Override
        public void configure(ServiceDefinition definition) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void keepStopGrace(AppName app, Duration grace) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Duration> stopGrace(AppName app) {
            return Optional.empty();
        }

        @Override
        public void start(AppName app, Duration timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StopResult stop(AppName app, Duration grace) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(AppName app) {
            throw new UnsupportedOperationException();
        }
    }
}
