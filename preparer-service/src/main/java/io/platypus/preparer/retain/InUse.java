package io.platypus.preparer.retain;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a directory can be taken away without anybody noticing. */
final class InUse {
    private InUse() {}

    /** What is in the way, in words; empty for a directory that is gone. */
    static Optional<String> of(Path directory) throws IOException {
        try {
            Path real = directory.toRealPath();
            Optional<String> mount = Mounts.below(real);
            return mount.isPresent() ? mount : Users.of(real);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
