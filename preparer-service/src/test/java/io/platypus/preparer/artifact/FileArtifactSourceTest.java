package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactSourceTest {
    @TempDir Path repo;

    private ArtifactSource source;

    @BeforeEach
    void open() {
        source = new RepositorySource(new Repository(repo.toUri()), Duration.ofSeconds(1));
    }

    @Test
    void opensAFile() throws Exception {
        Files.writeString(repo.resolve("a"), "content");

        try (var opened = (Fetch.Opened) source.open(at("a"))) {
            assertThat(opened.length()).hasValue(7);
            assertThat(opened.body()).hasContent("content");
        }
    }

    @Test
    void saysWhenThereIsNone() throws Exception {
        assertThat(source.open(at("a")))
                .isEqualTo(new Fetch.Missing(shown("a") + ": no such file"));
    }

    @Test
    void opensNothingThatIsNoFile() throws Exception {
        Files.createDirectory(repo.resolve("a"));

        assertThat(source.open(at("a")))
                .isEqualTo(new Fetch.Unreachable(shown("a") + ": is not a regular file"));
    }

    private URI at(String name) {
        return repo.toUri().resolve(name);
    }

    private String shown(String name) {
        return "file:" + repo.resolve(name);
    }
}
