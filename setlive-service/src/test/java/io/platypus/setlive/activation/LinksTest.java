package io.platypus.setlive.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.setlive.plan.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {
    @TempDir Path basedir;
    private Path one = Path.of("/");
    private Path two = Path.of("/");

    @BeforeEach
    void installs() throws IOException {
        one = Files.createDirectories(basedir.resolve("installs/slug_1"));
        two = Files.createDirectories(basedir.resolve("installs/slug_2"));
    }

    @Test
    void flipsCurrentAndKeepsWhatItWasAsLast() throws IOException {
        assertThat(links().flip(one)).isTrue();
        assertThat(links().current()).isEqualTo(new Link.To(one));
        assertThat(basedir.resolve("last")).doesNotExist();
        assertThat(links().flip(two)).isTrue();
        assertThat(Files.readSymbolicLink(basedir.resolve("current"))).isEqualTo(two);
        assertThat(Files.readSymbolicLink(basedir.resolve("last"))).isEqualTo(one);
        assertThat(names()).containsExactly("current", "installs", "last");
    }

    @Test
    void flippingTwiceLeavesLastAlone() throws IOException {
        links().flip(one);
        links().flip(two);
        links().flip(two);
        assertThat(Files.readSymbolicLink(basedir.resolve("last"))).isEqualTo(one);
    }

    @Test
    void replacesADanglingLinkWithoutRememberingIt() throws IOException {
        links().flip(one);
        links().flip(two);
        Path gone = basedir.resolve("installs/slug_gone");
        Files.delete(basedir.resolve("current"));
        Files.createSymbolicLink(basedir.resolve("current"), gone);
        assertThat(links().current()).isEqualTo(new Link.To(gone));
        assertThat(links().flip(two)).isTrue();
        assertThat(links().current()).isEqualTo(new Link.To(two));
        assertThat(Files.readSymbolicLink(basedir.resolve("last"))).isEqualTo(one);
    }

    @Test
    void sweepsAwayWhatACrashLeftBehind() throws IOException {
        Files.createSymbolicLink(basedir.resolve(".current.new"), two);
        assertThat(links().flip(one)).isTrue();
        assertThat(names()).containsExactly("current", "installs");
    }

    @Test
    void readsARelativeLink() throws IOException {
        Files.createSymbolicLink(basedir.resolve("current"), Path.of("installs/slug_1"));
        assertThat(links().current()).isEqualTo(new Link.To(one));
    }

    @Test
    void neverTouchesADirectoryOrAFileThatIsNamedCurrent() throws IOException {
        Path current = Files.createDirectory(basedir.resolve("current"));
        Files.writeString(current.resolve("precious"), "data");
        assertThat(links().current()).isEqualTo(new Link.NotALink());
        assertThat(links().flip(one)).isFalse();
        assertThat(links().unlink()).isFalse();
        assertThat(current.resolve("precious")).hasContent("data");
        Files.delete(current.resolve("precious"));
        Files.delete(current);
        Files.writeString(current, "a file");
        assertThat(links().flip(one)).isFalse();
        assertThat(links().unlink()).isFalse();
        assertThat(current).hasContent("a file");
    }

    @Test
    void unlinkKeepsWhatWasLiveAsLastAndIsIdempotent() throws IOException {
        links().flip(one);
        assertThat(links().unlink()).isTrue();
        assertThat(links().unlink()).isTrue();
        assertThat(links().current()).isEqualTo(new Link.Absent());
        assertThat(Files.readSymbolicLink(basedir.resolve("last"))).isEqualTo(one);
        assertThat(one).isDirectory();
    }

    private Links links() {
        return new Links(basedir);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(basedir)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
