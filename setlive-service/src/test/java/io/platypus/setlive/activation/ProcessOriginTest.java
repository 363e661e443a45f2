package io.platypus.setlive.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.setlive.supervisor.ServiceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessOriginTest {
    @TempDir Path basedir;

    @Test
    void believesTheSupervisorFirst() throws IOException {
        Path seen = basedir.resolve("installs/slug_1");
        assertThat(ProcessOrigin.of(me(Optional.of(seen)), new Links(basedir)).install())
                .contains(seen);
    }

    @Test
    void takesAProcessThatIsYoungerThanTheLinkForWhatItPointsTo() throws IOException {
        Path install = Files.createDirectories(basedir.resolve("installs/slug_2"));
        new Links(basedir).flip(install);
        changed(Instant.now().minusSeconds(86_400));
        assertThat(ProcessOrigin.of(me(Optional.empty()), new Links(basedir)).install())
                .contains(install);
    }

    @Test
    void doesNotGuessForAProcessThatIsOlderThanTheLink() throws IOException {
        new Links(basedir).flip(Files.createDirectories(basedir.resolve("installs/slug_2")));
        changed(Instant.now().plusSeconds(60));
        assertThat(ProcessOrigin.of(me(Optional.empty()), new Links(basedir)).install()).isEmpty();
    }

    private static ServiceState.Running me(Optional<Path> install) {
        return new ServiceState.Running(ProcessHandle.current().pid(), install);
    }

    private void changed(Instant time) throws IOException {
        Files.getFileAttributeView(
                        basedir.resolve("current"),
                        BasicFileAttributeView.class,
                        LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }
}
