package io.platypus.runtime.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, which alone may give files away. */
class TrustedDirectoryTest {
    private static final int NOBODY = 65_534;

    @TempDir Path home;

    private final TrustedDirectory root = new TrustedDirectory(0);

    @BeforeEach
    void begin() throws IOException {
        if (System.getenv("CI") == null) {
            assumeThat((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isZero();
        }
        Files.createDirectories(home.resolve("slug/installs"));
    }

    @Test
    void acceptsWhatOnlyRootCanChangeAndWhatIsAbsent() throws IOException {
        assertThat(root.objection(home.resolve("slug"), "installs", "config")).isEmpty();
        assertThat(root.objection(home.resolve("not/there/yet"), "installs")).isEmpty();
    }

    @Test
    void refusesWhatAnotherAccountOwns() throws IOException {
        Files.setAttribute(home.resolve("slug/installs"), "unix:uid", NOBODY);

        assertThat(root.objection(home.resolve("slug"), "installs"))
                .hasValueSatisfying(why -> assertThat(why).contains("installs belongs to"));
        assertThat(new TrustedDirectory(NOBODY).objection(home.resolve("slug"), "installs"))
                .isEmpty();
    }

    @Test
    void refusesABasedirOrAParentThatOthersCanWrite() throws IOException {
        mode("slug", "rwxrwxr-x");
        assertThat(root.objection(home.resolve("slug"))).get().asString().contains("mode 775");

        mode("slug", "rwxr-xr-x");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(root.objection(home.resolve("slug"))).get().asString().contains("mode 777");
    }

    @Test
    void refusesALinkInPlaceOfADirectory() throws IOException {
        Files.createSymbolicLink(home.resolve("slug/config"), home);

        assertThat(root.objection(home.resolve("slug"), "config"))
                .hasValueSatisfying(why -> assertThat(why).contains("symbolic link"));
    }

    private void mode(String place, String mode) throws IOException {
        Files.setPosixFilePermissions(home.resolve(place), PosixFilePermissions.fromString(mode));
    }
}
