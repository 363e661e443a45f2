package io.platypus.preparer.artifact;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How servers are spoken to.
 *
 * @param idle how long a server may send nothing; there is no limit on a whole download
 * @param credentials a file of credentials, see {@link Credentials}
 */
public record HttpSettings(Duration idle, Optional<Path> credentials) {}
