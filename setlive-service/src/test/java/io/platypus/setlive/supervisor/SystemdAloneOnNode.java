package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What no other test may run beside: it looks at process 1 itself, or changes it. */
@Timeout(120)
class SystemdAloneOnNode {
    private static final AppName SLUG = new AppName("slug");
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    @TempDir Path directory;
    private Supervisor supervisor;
    private SampleApp slug;

    @BeforeEach
    void service() throws Exception {
        supervisor =
                new SystemdSupervisor(
                        SystemdSupervisor.UNITS, "platypus-alone-", directory.resolve("state"));
        slug = new SampleApp(SLUG, directory.resolve("slug"));
        slug.with("1", SampleApp.PLAIN).current("1");
        supervisor.configure(slug.definition());
        supervisor.start(SLUG, TIMEOUT);
    }

    @AfterEach
    void remove() throws Exception {
        assertThat(supervisor.stop(SLUG, TIMEOUT)).isEqualTo(new StopResult.Stopped());
        supervisor.remove(SLUG);
    }

    @Test
    void unitsAreReadAgainOnlyWhenOneHasChanged() throws Exception {
        String before = loaded();
        supervisor.stop(SLUG, Duration.ofSeconds(10));
        supervisor.configure(slug.definition());
        supervisor.keepStopGrace(SLUG, Duration.ofSeconds(10));
        supervisor.start(SLUG, TIMEOUT);
        assertThat(loaded()).isEqualTo(before);
        supervisor.keepStopGrace(SLUG, Duration.ofSeconds(20));
        supervisor.start(SLUG, TIMEOUT);
        assertThat(loaded()).isNotEqualTo(before);
    }

    private static String loaded() throws Exception {
        return Command.of(TIMEOUT, "systemctl", "show", "-PUnitsLoadTimestampMonotonic")
                .run()
                .output();
    }

    @Test
    void servicesGoOnWhenProcessOneIsExecutedAnew() throws Exception {
        ServiceState before = supervisor.state(SLUG);
        assertThat(Command.of(TIMEOUT, "systemctl", "daemon-reexec").run().exit()).isZero();
        assertThat(supervisor.state(SLUG)).isEqualTo(before);
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 1);
        assertThat(supervisor.stop(SLUG, TIMEOUT)).isEqualTo(new StopResult.Stopped());
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
    }
}
