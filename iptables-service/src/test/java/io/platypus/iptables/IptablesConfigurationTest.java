package io.platypus.iptables;

import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.reconcile.IptablesReconciler;
import io.platypus.runtime.program.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class IptablesConfigurationTest {
    private final Path directory;
    private final ApplicationContextRunner agent;

    IptablesConfigurationTest(@TempDir Path directory) {
        this.directory = directory;
        agent =
                new ApplicationContextRunner()
                        .withUserConfiguration(IptablesConfiguration.class)
                        .withBean(StateDirectory.class, () -> new StateDirectory(directory))
                        .withBean(SimpleMeterRegistry.class)
                        .withUserConfiguration(Surroundings.class)
                        .withPropertyValues("platypus.store.directory.path=" + directory);
    }

    @Test
    void rendersIntoItsStateDirectoryUnlessTold() {
        agent.run(context -> {
            context.getBean(Firewall.class).apply(tcp("slug", 80));
            assertThat(context).hasSingleBean(IptablesReconciler.class);
            assertThat(directory.resolve("rules.nft")).exists();
        });
    }

    @Test
    void rendersWhereItIsTold() {
        Path output = directory.resolve("elsewhere/platypus.nft");
        agent.withPropertyValues("platypus.iptables.output=" + output)
                .run(context -> {
                    context.getBean(Firewall.class).apply(tcp("slug", 80));
                    assertThat(output).exists();
                });
    }

    @Test
    void writesForPortAuthority() throws Exception {
        Path cmd = directory.resolve("port authority");
        Files.writeString(cmd, "#!/bin/sh\necho $1 > '" + directory.resolve("called") + "'\n");
        Files.setPosixFilePermissions(cmd, PosixFilePermissions.fromString("rwx------"));
        agent.withPropertyValues(
                        "platypus.iptables.backend=port-authority",
                        "platypus.iptables.cmd=" + cmd,
                        "platypus.iptables.config-dir=" + directory.resolve("ports"))
                .run(context -> {
                    context.getBean(Firewall.class).apply(tcp("slug", 80));
                    assertThat(directory.resolve("ports/slug.yml")).exists();
                    assertThat(directory.resolve("called")).hasContent("rebuild");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backend=port-authority config-dir=/x | needs platypus.iptables.cmd",
                "backend=port-authority cmd=/x        | needs platypus.iptables.config-dir",
                "config-dir=/x                        | but the backend is render",
                "backend=nftables cmd=/x              | but the backend is nftables",
                "cmd-timeout=0s                       | must be more than 0",
                "backend=firewalld                    | firewalld",
                "fail-safe.tcp=                       | platypus.iptables.fail-safe.tcp must not be",
                "fail-safe.udp=dns                    | must be ports such as 22 or 8300-8302",
                "fail-safe.tcp=22,0                   | or 8300-8302, but has",
                "policy=default-drop backend=nftables | needs platypus.iptables.probe",
                "probe=10.0.0.1                       | is not host:port",
                "backend=port-authority cmd=/x config-dir=/x on-exit=remove | its program decides"
            })
    void doesNotStartWithSettingsThatMakeNoSense(String settings, String message) {
        agent.withPropertyValues(
                        java.util.Arrays.stream(settings.split(" "))
                                .map(setting -> "platypus.iptables." + setting)
                                .toArray(String[]::new))
                .run(context ->
                        assertThat(context.getStartupFailure())
                                .rootCause()
                                .hasMessageContaining(message));
    }
}
