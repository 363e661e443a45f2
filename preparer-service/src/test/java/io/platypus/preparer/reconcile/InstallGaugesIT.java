package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.platypus.intent.AppIntent;
import io.platypus.intent.VersionState;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InstallGaugesIT {
    @TempDir Path home;

    @Test
    void tellOfEachAppWhatIsOnDiskUntilItIsUnassigned() throws Exception {
        Path repo = Files.createDirectories(home.resolve("repo/slug"));
        Path basedir = home.resolve("base");
        for (String version : Set.of("1", "2")) {
            Files.write(
                    repo.resolve("slug_" + version + ".tar.gz"),
                    new RawTar().file("d/f", "x".repeat(1000)).symlink("l", "d/f").gzipped());
        }
        Path old = Files.createDirectories(basedir.resolve("installs/slug_0"));
        Files.writeString(old.resolve("f"), "x".repeat(234));
        var driver = new Driver(home.resolve("repo").toUri(), Duration.ofSeconds(5), 1);
        AppIntent intent =
                TestIntent.app(
                        "slug", basedir, Map.of("1", VersionState.ACTIVE, "2", VersionState.PREP));

        assertThat(driver.pass(intent)).isEqualTo(Outcome.done());

        assertThat(gauge(driver, "installs")).isEqualTo(3);
        assertThat(gauge(driver, "free.bytes")).isPositive();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(gauge(driver, "installs.bytes")).isEqualTo(2234));

        Files.delete(old.resolve("f"));
        Files.delete(old);
        assertThat(driver.pass(intent)).isEqualTo(Outcome.done());
        assertThat(gauge(driver, "installs")).isEqualTo(2);
        assertThat(gauge(driver, "installs.bytes")).isEqualTo(2000);

        driver.plan(new Target.Unassigned(intent.app()));
        assertThat(
                        driver.registry.getMeters().stream()
                                .map(Meter::getId)
                                .filter(id -> id.getTag("app") != null)
                                .map(Meter.Id::getName)
                                .collect(Collectors.toSet()))
                .isEmpty();
    }

    private static double gauge(Driver driver, String name) {
        return driver.registry.get("platypus.preparer." + name).tag("app", "slug").gauge().value();
    }
}
