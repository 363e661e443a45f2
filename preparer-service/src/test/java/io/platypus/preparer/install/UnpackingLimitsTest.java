package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each limit refuses what is beyond it, and says which setting it was. */
@Timeout(120)
class UnpackingLimitsTest {
    private static final NameLimits NAMES = new NameLimits(20, 3);
    private static final Limits SMALL = new Limits(100 << 20, 10_000, 10, NAMES, 027);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    @Test
    void refusesAPathThatIsTooLong() throws Exception {
        assertThat(install(new RawTar().file("n".repeat(20), "x"))).isInstanceOf(Installed.class);
        workshop.remove();

        assertRefused(
                install(new RawTar().file("n".repeat(21), "x")),
                "entry 'nnnnnnnnnnnnnnnnnnnnn' has a name or target longer than 20 bytes"
                        + " (platypus.preparer.max-path)");
    }

    @Test
    void refusesATargetThatIsTooLong() throws Exception {
        assertRefused(
                install(new RawTar().symlink("l", "n".repeat(21))),
                "longer than 20 bytes (platypus.preparer.max-path)");
    }

    @Test
    void refusesAPathThatIsTooDeep() throws Exception {
        assertThat(install(new RawTar().file("./a//b/c", "x"))).isInstanceOf(Installed.class);
        workshop.remove();

        assertRefused(
                install(new RawTar().file("a/b/c/d", "x")),
                "entry 'a/b/c/d' is nested deeper than 3 (platypus.preparer.max-depth)");
    }

    @Test
    void namesTheSettingsOfTheOldLimits() throws Exception {
        byte[] archive = new RawTar().file("a", "12345").file("b", "x").gzipped();

        assertRefused(
                workshop.install(archive, Optional.empty(), new Limits(1 << 20, 1)),
                "more than 1 entries (platypus.preparer.max-entries)");
        assertRefused(
                workshop.install(archive, Optional.empty(), new Limits(50, 10)),
                "larger than 50 bytes (platypus.preparer.max-bytes)");
    }

    /** 65 MiB of zeros: a ratio of about 1,000. */
    @Test
    void refusesABombOnlyBeyondTheFloor() throws Exception {
        byte[] zeros = new byte[(int) Limits.RATIO_FLOOR];
        RawTar tar = new RawTar().entry('0', "zeros", "", 0644, zeros);

        assertThat(install(tar)).isEqualTo(new Installed(1, zeros.length));
        workshop.remove();

        // The tar has its end already: as a file of it, it is one byte beyond.
        byte[] more = new byte[zeros.length + 1];
        assertRefused(
                install(new RawTar().entry('0', "zeros", "", 0644, more)),
                "unpacks to more than 10 times its size (platypus.preparer.max-ratio)");
    }

    @Test
    void givesNothingThePermissionsOfTheUmask() throws Exception {
        install(
                new RawTar()
                        .entry('0', "f", "", 0777, new byte[0])
                        .entry('5', "d/", "", 0777, new byte[0])
                        .file("made/f", "x"));

        var tree = Tree.of(workshop.installed());
        assertThat(tree.get("f")).startsWith("100750 ");
        assertThat(tree.get("d")).startsWith("40750 ");
        assertThat(tree.get("made")).startsWith("40750 ");
        assertThat(tree).containsEntry("", "40750");
    }

    @Test
    void takesOnlyLimitsThatTheKernelCanCopeWith() {
        assertThatThrownBy(() -> new NameLimits(4096, 10)).hasMessageContaining("max-path");
        assertThatThrownBy(() -> new NameLimits(2048, 5000)).hasMessageContaining("max-depth");
        assertThatThrownBy(() -> new Limits(1, 1, 0, NAMES, 022)).hasMessageContaining("max-ratio");
        assertThatThrownBy(() -> new Limits(1, 1, 1, NAMES, 0222)).hasMessageContaining("umask");
    }

    private InstallResult install(RawTar tar) throws Exception {
        return workshop.install(tar.gzipped(), Optional.empty(), SMALL);
    }

    private void assertRefused(InstallResult result, String part) throws IOException {
        assertThat(result).isInstanceOf(NotInstalled.class);
        NotInstalled refused = (NotInstalled) result;
        assertThat(refused.fault()).as(refused.detail()).isEqualTo(Fault.TOO_LARGE);
        assertThat(refused.detail()).contains(part);
        workshop.assertUntouched();
    }
}
