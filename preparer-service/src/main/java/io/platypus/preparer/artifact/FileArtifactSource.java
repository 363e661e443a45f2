package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.OptionalLong;

/** Artifacts in a directory of this machine. */
final class FileArtifactSource implements ArtifactSource {
    @Override
    public Fetch open(URI url) {
        String shown = Repository.shown(url);
        try {
            Path file = Path.of(url);
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // Opening a pipe would wait for somebody to write to it, for ever.
            if (!attributes.isRegularFile()) {
                return new Fetch.Unreachable(shown + ": is not a regular file");
            }
            return new Fetch.Opened(
                    Files.newInputStream(file),
                    OptionalLong.of(attributes.size()),
                    Optional.of(validator(attributes)));
        } catch (NoSuchFileException e) {
            return new Fetch.Missing(shown + ": no such file");
        } catch (IOException | IllegalArgumentException e) {
            return new Fetch.Unreachable(shown + ": " + e);
        }
    }

    @Override
    public boolean isStill(URI url, String validator) {
        try {
            var attributes = Files.readAttributes(Path.of(url), BasicFileAttributes.class);
            return validator(attributes).equals(validator);
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String validator(BasicFileAttributes file) {
        return "size=%d modified=%s file=%s"
                .formatted(file.size(), file.lastModifiedTime(), file.fileKey());
    }
}
