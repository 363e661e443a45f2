package io.platypus.iptables.firewall.portauthority;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.Port;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.FirewallContract;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

@Timeout(60)
class PortAuthorityFirewallTest extends FirewallContract {
    private final Path root;

    PortAuthorityFirewallTest(@TempDir Path root) {
        this.root = root;
    }

    /** The program that stands for port_authority: notes its arguments, then does as it is told. */
    @BeforeEach
    void installProgram() throws IOException {
        program("");
    }

    private void program(String behaviour) throws IOException {
        String note = "echo \"$#: $*\" >> '" + root.resolve("calls") + "'\n";
        Files.writeString(cmd(), "#!/bin/sh\n" + note + behaviour + "\n");
        Files.setPosixFilePermissions(cmd(), PosixFilePermissions.fromString("rwx------"));
    }

    private Path cmd() {
        return root.resolve("port authority");
    }

    private Path directory() {
        return root.resolve("port_authority.d");
    }

    private Path state() {
        return root.resolve("state");
    }

    private Path file(String app) {
        return directory().resolve(app + ".yml");
    }

    private List<String> calls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Override
    protected Firewall open() {
        return open(Duration.ofSeconds(20));
    }

    private Firewall open(Duration deadline) {
        return new PortAuthorityFirewall(
                directory(), state(), new Command(List.of(cmd().toString()), deadline));
    }

    @Override
    protected void removeSlug() throws IOException {
        Files.delete(file("slug"));
    }

    @Override
    protected void tamperWithSlug() throws IOException {
        Files.writeString(file("slug"), Files.readString(file("slug")) + "# mine\n");
    }

    @Test
    void writesWhatTheOriginalWroteAndRebuilds() throws Exception {
        open().apply(tcp("slug", 1212, 1231));

        assertThat(Files.readString(file("slug")))
                .isEqualTo(
                        """
                        slug_1212_tcp:
                          port: 1212
                          protocol: tcp
                        slug_1231_tcp:
                          port: 1231
                          protocol: tcp
                        """);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("slug"))))
                .isEqualTo("rw-r--r--");
        assertThat(calls()).containsExactly("1: rebuild");
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files).containsExactly(file("slug"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"slug", "1.5", "null", "true", "0x1F", "1_000", "y", "1e3", "2001-01-01"})
    void writesYamlWithTextForKeysWhateverTheName(String name) throws Exception {
        open().apply(rules(name, Port.tcp(80), udp(80)));

        Object read = new Yaml().load(Files.readString(file(name)));

        assertThat(read)
                .isEqualTo(
                        Map.of(
                                name + "_80_tcp",
                                Map.of("port", 80, "protocol", "tcp"),
                                name + "_80_udp",
                                Map.of("port", 80, "protocol", "udp")));
    }

    @Test
    void neitherWritesNorRebuildsWhenNothingChanged() throws Exception {
        open().apply(tcp("slug", 80));
        Object inode = Files.getAttribute(file("slug"), "unix:ino");
        Object modified = Files.getLastModifiedTime(file("slug"));

        open().apply(tcp("slug", 80));

        assertThat(Files.getAttribute(file("slug"), "unix:ino")).isEqualTo(inode);
        assertThat(Files.getLastModifiedTime(file("slug"))).isEqualTo(modified);
        assertThat(calls()).hasSize(1);
    }

    @Test
    void rebuildsAgainUntilItSucceedsAlthoughTheFileIsRight() throws Exception {
        program("echo 'no such chain' >&2; exit 3");

        Trouble trouble = refused(open().apply(tcp("slug", 80)));

        assertThat(trouble.reason()).isEqualTo(IptablesReason.REBUILD_FAILED);
        assertThat(trouble.message()).contains("exit code 3: no such chain");
        assertThat(open().observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        Object inode = Files.getAttribute(file("slug"), "unix:ino");
        program("");
        assertThat(open().apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(open().observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(Files.getAttribute(file("slug"), "unix:ino")).isEqualTo(inode);
        assertThat(calls()).hasSize(2);
    }

    @Test
    void owesTheRebuildAfterARemovalToo() throws Exception {
        open().apply(tcp("slug", 80));
        program("exit 1");

        refused(open().apply(AppRules.none(app("slug"))));

        assertThat(file("slug")).doesNotExist();
        assertThat(open().present()).containsExactly(app("slug"));
        program("");
        assertThat(open().apply(AppRules.none(app("slug")))).isEqualTo(new Applied.Changed());
        assertThat(open().present()).isEmpty();
    }

    @Test
    void anAppWithNothingToDoIsNotHeldByAnothersFailedRebuild() throws Exception {
        open().apply(tcp("other", 90));
        program("exit 1");

        refused(open().apply(tcp("slug", 80)));

        assertThat(open().observe(app("other"))).isEqualTo(Observed.inForce(tcp("other", 90)));
        assertThat(open().apply(tcp("other", 90))).isEqualTo(new Applied.Unchanged());
    }

    @Test
    void makesGoodACrashBetweenTheFileAndTheRebuild() throws Exception {
        program("sleep 600");
        Process agent =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OpensSlug.class.getName(),
                                root.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(root.resolve("agent.log").toFile())
                        .start();
        await().atMost(Duration.ofSeconds(20)).until(() -> !calls().isEmpty());
        List<ProcessHandle> children = agent.descendants().toList();
        agent.destroyForcibly().waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
        assertThat(file("slug")).exists();
        program("");

        assertThat(open().observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(open().apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(calls()).hasSize(2);
    }

    /** An agent that opens one port, to be killed while it does. */
    static final class OpensSlug {
        private OpensSlug() {}

        public static void main(String[] root) throws Exception {
            PortAuthorityFirewallTest test = new PortAuthorityFirewallTest(Path.of(root[0]));
            test.open().apply(tcp("slug", 80));
        }
    }

    @Test
    void killsARebuildThatHangs() throws Exception {
        program("sleep 600 & wait");

        Trouble trouble = refused(open(Duration.ofMillis(300)).apply(tcp("slug", 80)));

        assertThat(trouble.reason()).isEqualTo(IptablesReason.REBUILD_FAILED);
        assertThat(trouble.message()).contains("killed after PT0.3S");
    }

    @Test
    void saysThatTheProgramIsMissing() throws Exception {
        Files.delete(cmd());

        Trouble trouble = refused(open().apply(tcp("slug", 80)));

        assertThat(trouble.reason()).isEqualTo(IptablesReason.REBUILD_FAILED);
        assertThat(trouble.message()).contains(cmd().toString()).contains("No such file");
    }

    @Test
    void keepsEveryFileThatIsNotItsOwn() throws Exception {
        Files.createDirectories(directory());
        Files.writeString(file("ssh"), "ssh_22_tcp:\n  port: 22\n  protocol: tcp\n");
        Files.writeString(directory().resolve("notes"), "mine");

        assertThat(open().present()).isEmpty();
        assertThat(open().observe(app("ssh"))).isEqualTo(Observed.nothing(app("ssh")));
        assertThat(open().apply(AppRules.none(app("ssh")))).isEqualTo(new Applied.Unchanged());

        assertThat(file("ssh")).exists();
        assertThat(directory().resolve("notes")).hasContent("mine");
        assertThat(calls()).isEmpty();
    }

    @Test
    void takesOverTheFileOfTheOriginalWithoutWritingIt() throws Exception {
        Files.createDirectories(directory());
        Files.writeString(file("slug"), "slug_80_tcp:\n  port: 80\n  protocol: tcp\n");
        Files.setPosixFilePermissions(file("slug"), PosixFilePermissions.fromString("rw-r--r--"));
        Object inode = Files.getAttribute(file("slug"), "unix:ino");

        assertThat(open().apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());

        assertThat(Files.getAttribute(file("slug"), "unix:ino")).isEqualTo(inode);
        assertThat(calls()).hasSize(1);
        assertThat(open().present()).containsExactly(app("slug"));
    }

    @Test
    void losesNothingWithItsStateDirectory() throws Exception {
        open().apply(tcp("slug", 80));
        Files.delete(state().resolve("slug"));
        Files.delete(state());

        assertThat(open().present()).isEmpty();
        assertThat(open().apply(AppRules.none(app("slug")))).isEqualTo(new Applied.Unchanged());
        assertThat(file("slug")).exists();

        open().apply(tcp("slug", 80));
        assertThat(open().apply(AppRules.none(app("slug")))).isEqualTo(new Applied.Changed());
        assertThat(file("slug")).doesNotExist();
    }

    @Test
    void refusesToOpenToEverybodyWhatIsMeantForSome() throws Exception {
        Trouble trouble = refused(open().apply(rules("slug", tcpFrom(80, "10.0.0.0/8"))));

        assertThat(trouble.reason()).isEqualTo(IptablesReason.SOURCES_UNSUPPORTED);
        assertThat(file("slug")).doesNotExist();
    }

    @Test
    void replacesALinkAndNotWhatItPointsTo() throws Exception {
        Files.createDirectories(directory());
        Path theirs = Files.writeString(root.resolve("passwd"), "theirs");
        Files.createSymbolicLink(file("slug"), theirs);
        Files.createSymbolicLink(directory().resolve(".slug.yml.tmp"), theirs);

        open().apply(tcp("slug", 80));

        assertThat(theirs).hasContent("theirs");
        assertThat(Files.isSymbolicLink(file("slug"))).isFalse();
        assertThat(open().observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
    }

    @Test
    void oneAppsBadPathDoesNotHoldTheOthers() throws Exception {
        Files.createDirectories(file("slug").resolve("full"));
        Firewall firewall = open();
        List<Future<Applied>> both = new ArrayList<>();
        try (var passes = Executors.newVirtualThreadPerTaskExecutor()) {
            both.add(passes.submit(() -> firewall.apply(tcp("slug", 80))));
            both.add(passes.submit(() -> firewall.apply(tcp("other", 90))));
        }

        assertThat(refused(both.getFirst().get()).reason())
                .isEqualTo(IptablesReason.FIREWALL_ERROR);
        assertThat(both.getLast().get()).isEqualTo(new Applied.Changed());
    }

    @Test
    void rebuildsOnceForAllWhoWait() throws Exception {
        program("while [ ! -e '" + root.resolve("go") + "' ]; do sleep 0.01; done");
        Firewall firewall = open();
        List<Future<Applied>> all = new ArrayList<>();
        try (var passes = Executors.newVirtualThreadPerTaskExecutor()) {
            all.add(passes.submit(() -> firewall.apply(tcp("first", 80))));
            await().until(() -> !calls().isEmpty());
            for (int i = 0; i < 100; i++) {
                AppRules rules = tcp("app" + i, 1000 + i);
                all.add(passes.submit(() -> firewall.apply(rules)));
            }
            Files.createFile(root.resolve("go"));
        }

        for (Future<Applied> one : all) {
            assertThat(one.get()).isEqualTo(new Applied.Changed());
        }
        assertThat(open().present()).hasSize(101);
        assertThat(calls()).hasSizeLessThan(20);
    }

    private static Trouble refused(Applied applied) {
        assertThat(applied).isInstanceOf(Applied.Refused.class);
        return ((Applied.Refused) applied).trouble();
    }
}
