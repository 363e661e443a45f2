package io.platypus.preparer.artifact;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How servers are spoken to.
 *
 * @param idle how long a server may send nothing; there is no limit on a whole download
 * @param minRate how many bytes a second must arrive, over a minute; 0 for any
 * @param credentials a file of credentials, see {@link Credentials}
 * @param proxying through which proxy; that of the JVM if empty
 * @param tls what TLS goes by at present, asked before each request; that of the JVM if empty
 */
public record HttpSettings(
        Duration idle,
        long minRate,
        Optional<Path> credentials,
        Optional<Proxying> proxying,
        Supplier<Optional<Tls>> tls) {
    /** Without credentials, without a proxy, and with what the JVM believes. */
    public HttpSettings(Duration idle) {
        this(idle, 0, Optional.empty(), Optional.empty(), Optional::empty);
    }

    /**
     * @throws IllegalArgumentException if the rate is negative
     */
    public HttpSettings {
        if (minRate < 0) {
            throw new IllegalArgumentException("min-rate must be 0 or more");
        }
    }
}
