package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.platypus.intent.RunAs;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom an install belongs to, where the agent is root and the accounts of Debian exist. */
@Timeout(120)
class OwnershipIT {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        int account = Tree.unix(Path.of("/proc/self"), "uid");
        if (System.getenv("CI") == null) {
            assumeThat(account).as("only root may give files away").isZero();
        }
        assertThat(account).as("only root may give files away").isZero();
        workshop = new Workshop(home);
    }

    @Test
    void belongsToTheAccountOfTheServiceAndToItsPrimaryGroup() throws Exception {
        // Debian: www-data is 33 in group 33, games is 5 in group 60.
        assertThat(install("games")).isInstanceOf(Installed.class);

        assertOwned(workshop.installed(), 5, 60);
        assertThat(Tree.unix(workshop.basedir.resolve("installs"), "uid")).isZero();
        assertThat(Tree.unix(home.resolve("outside/f"), "uid")).isZero();
        workshop.assertClean();
    }

    @Test
    void belongsToTheGroupThatIsNamed() throws Exception {
        assertThat(install("games:www-data")).isInstanceOf(Installed.class);

        assertOwned(workshop.installed(), 5, 33);
    }

    @Test
    void saysWhichAccountIsUnknownAndFetchesNothing() throws Exception {
        for (String account : new String[] {"nobody-here", "games:nobody-here"}) {
            var failed = (NotInstalled) install(account);

            assertThat(failed.fault()).isEqualTo(Fault.UNKNOWN_ACCOUNT);
            assertThat(failed.detail()).contains("'nobody-here'").contains("run_as");
            workshop.assertUntouched();
        }
    }

    private InstallResult install(String account) throws Exception {
        byte[] archive =
                new RawTar()
                        .directory("d/")
                        .file("made/f", "x")
                        .entry('0', "su", "", 06755, new byte[0])
                        .symlink("l", "nowhere")
                        .symlink("out", "made/f")
                        .hardLink("made/g", "made/f")
                        .gzipped();
        return workshop.install(archive, RunAs.parse(account));
    }

    private static void assertOwned(Path tree, int user, int group) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                assertThat(Tree.unix(path, "uid")).as("owner of %s", path).isEqualTo(user);
                assertThat(Tree.unix(path, "gid")).as("group of %s", path).isEqualTo(group);
                assertThat(Tree.unix(path, "mode") & 07000).as("mode of %s", path).isZero();
            }
        }
    }
}
