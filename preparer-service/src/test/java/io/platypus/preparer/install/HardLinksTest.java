package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Tree;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HardLinksTest {
    private static final FileTime OLD = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final FileTime NEW = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir Path home;

    private Path earlier;
    private Path staged;

    @BeforeEach
    void make() throws IOException {
        earlier = Files.createDirectory(home.resolve("earlier"));
        staged = Files.createDirectory(home.resolve("staged"));
    }

    @Test
    void sharesWhatIsTheSameAndNothingElse() throws Exception {
        both("lib/same.jar", "same", "same");
        both("lib/other.jar", "1234", "5678");
        both("lib/longer.jar", "1", "12");
        both("mode", "same", "same");
        Files.setPosixFilePermissions(
                staged.resolve("mode"), PosixFilePermissions.fromString("rwxr-xr-x"));
        file(staged, "lib/new.jar", "new", NEW);
        file(earlier, "lib/gone.jar", "gone", OLD);
        Map<String, String> before = Tree.of(earlier);

        assertThat(HardLinks.share(staged, earlier)).isEqualTo(new HardLinks.Shared(1, 4));

        assertThat(
                        Files.isSameFile(
                                staged.resolve("lib/same.jar"), earlier.resolve("lib/same.jar")))
                .isTrue();
        assertThat(Tree.unix(staged.resolve("lib/other.jar"), "nlink")).isEqualTo(1);
        assertThat(staged.resolve("lib/other.jar")).hasContent("5678");
        assertThat(staged.resolve("lib/longer.jar")).hasContent("12");
        assertThat(Tree.unix(staged.resolve("mode"), "nlink")).isEqualTo(1);
        assertThat(Tree.of(staged).keySet())
                .containsExactlyInAnyOrder(
                        "",
                        "lib",
                        "lib/same.jar",
                        "lib/other.jar",
                        "lib/longer.jar",
                        "lib/new.jar",
                        "mode");
        before.replace("lib/same.jar", Tree.of(earlier).get("lib/same.jar"));
        assertThat(Tree.of(earlier)).isEqualTo(before);
        assertThat(Tree.of(earlier).get("lib/same.jar")).contains("links=2");
    }

    @Test
    void keepsTheTimesOfDirectoriesAndTakesThoseOfSharedFiles() throws Exception {
        both("lib/same.jar", "same", "same");
        Files.setLastModifiedTime(staged.resolve("lib"), NEW);

        HardLinks.share(staged, earlier);

        assertThat(Files.getLastModifiedTime(staged.resolve("lib"))).isEqualTo(NEW);
        assertThat(Files.getLastModifiedTime(staged.resolve("lib/same.jar"))).isEqualTo(OLD);
    }

    @Test
    void keepsAnothersFilesApart() throws Exception {
        both("same", "same", "same");
        Files.setAttribute(staged.resolve("same"), "unix:gid", 65_534);

        assertThat(HardLinks.share(staged, earlier).files()).isZero();
    }

    @Test
    void followsNoLinkOfTheEarlierInstall() throws Exception {
        Path outside = Files.createDirectory(home.resolve("outside"));
        file(outside, "secret", "same", OLD);
        file(staged, "lib/secret", "same", OLD);
        file(staged, "secret", "same", OLD);
        Files.createSymbolicLink(earlier.resolve("lib"), outside);
        Files.createSymbolicLink(earlier.resolve("secret"), outside.resolve("secret"));

        assertThat(HardLinks.share(staged, earlier).files()).isZero();

        assertThat(Tree.unix(outside.resolve("secret"), "nlink")).isEqualTo(1);
    }

    @Test
    void leavesLinksWithinTheArchiveAsTheyAre() throws Exception {
        both("a", "same", "same");
        Files.createLink(staged.resolve("b"), staged.resolve("a"));

        assertThat(HardLinks.share(staged, earlier).files()).isZero();

        assertThat(Files.isSameFile(staged.resolve("a"), staged.resolve("b"))).isTrue();
    }

    /**
     * ext4 has room for 65,000 names of one file; where there is room for all of these, it is used.
     */
    @Test
    void leavesWhatCannotHaveOneNameMore() throws Exception {
        both("same", "same", "same");
        Path many = Files.createDirectory(home.resolve("many"));
        int made = 0;
        try {
            for (made = 0; made < 66_000; made++) {
                Files.createLink(many.resolve("" + made), earlier.resolve("same"));
            }
        } catch (FileSystemException full) {
            assertThat(made).isPositive();
        }

        assertThat(HardLinks.share(staged, earlier).files()).isEqualTo(made < 66_000 ? 0 : 1);

        assertThat(staged.resolve("same")).hasContent("same");
        assertThat(Tree.of(staged).keySet()).containsExactlyInAnyOrder("", "same");
    }

    @Test
    void managesWithANameOfItsOwnThatIsTaken() throws Exception {
        both("same", "same", "same");
        file(staged, ".platypus-link", "mine", NEW);

        assertThat(HardLinks.share(staged, earlier).files()).isZero();

        assertThat(staged.resolve(".platypus-link")).hasContent("mine");
        assertThat(staged.resolve("same")).hasContent("same");
    }

    private void both(String name, String before, String now) throws IOException {
        file(earlier, name, before, OLD);
        file(staged, name, now, NEW);
    }

    private static void file(Path root, String name, String content, FileTime time)
            throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, time);
    }
}
