package io.platypus.setlive.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import io.platypus.setlive.Intents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserConfigTest {
    @TempDir Path basedir;

    @Test
    void deliversTheTextAsItWasWrittenReadableByTheServiceOnly() throws IOException {
        Intents slug = slug().userConfig("{ \"größe\": 1 }");
        assertThat(UserConfig.isWritten(slug.intent())).isFalse();
        UserConfig.write(slug.intent());
        Path file = basedir.resolve("config/user_config.json");
        assertThat(file).hasContent("{ \"größe\": 1 }");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(UserConfig.isWritten(slug.intent())).isTrue();
        assertThat(UserConfig.isWritten(slug.userConfig("{}").intent())).isFalse();
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void withoutAUserConfigThereIsNeitherFileNorVariable() throws IOException {
        assertThat(UserConfig.isWritten(slug().intent())).isTrue();
        UserConfig.write(slug().intent());
        assertThat(basedir.resolve("config")).doesNotExist();
        assertThat(Definitions.of(slug().intent()).environment()).isEmpty();
        assertThat(Definitions.of(slug().userConfig("{}").intent()).environment())
                .isEqualTo(
                        Map.of(
                                "CONFIG_PATH",
                                basedir.resolve("config/user_config.json").toString()));
    }

    @Test
    void doesNotFollowALinkInItsPlace() throws IOException {
        Path elsewhere = Files.writeString(basedir.resolve("elsewhere"), "{}");
        Files.createDirectory(basedir.resolve("config"));
        Files.createSymbolicLink(basedir.resolve("config/user_config.json"), elsewhere);
        Intents slug = slug().userConfig("{}");
        assertThat(UserConfig.isWritten(slug.intent())).isFalse();
        UserConfig.write(slug.userConfig("{\"a\":1}").intent());
        assertThat(elsewhere).hasContent("{}");
    }

    @Test
    void givesNothingAwayThroughALink() throws IOException {
        if (System.getenv("CI") == null) {
            assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
        }
        Path precious = Files.writeString(basedir.resolve("precious"), "");
        Files.setPosixFilePermissions(precious, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(basedir.resolve("link"), precious);
        UserConfig.give(link, Optional.of(new RunAs("nobody", Optional.empty())));
        assertThat(Files.getAttribute(precious, "unix:uid")).isEqualTo(0);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(precious)))
                .isEqualTo("rw-------");
    }

    @Test
    void anUnknownAccountIsNamed() {
        RunPolicy policy =
                new RunPolicy(
                        Optional.of(new RunAs("no-such-account", Optional.empty())),
                        Optional.empty(),
                        RunPolicy.DEFAULT_STOP_GRACE,
                        RunPolicy.DEFAULT_START_TIMEOUT);
        assertThatThrownBy(() -> UserConfig.write(slug().userConfig("{}").run(policy).intent()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-account");
    }

    private Intents slug() {
        return Intents.of("slug", basedir).active("1");
    }
}
