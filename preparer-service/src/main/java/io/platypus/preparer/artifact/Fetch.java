package io.platypus.preparer.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How an attempt to open an artifact ended. */
public sealed interface Fetch {
    /**
     * The artifact is there and being received.
     *
     * @param body to be closed by the caller; a read fails with an {@link IOException} when the
     *     rest cannot be received, and ends early when its thread is interrupted
     * @param length in bytes, as announced
     */
    record Opened(InputStream body, OptionalLong length) implements Fetch, AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** The repository answers, and has no such artifact. */
    record Missing(String detail) implements Fetch {}

    /**
     * The repository does not answer, or not as it should.
     *
     * @param retryAfter how long the server asks to be left alone
     */
    record Unreachable(String detail, Optional<Duration> retryAfter) implements Fetch {
        Unreachable(String detail) {
            this(detail, Optional.empty());
        }
    }

    /** The repository was not asked: the file of credentials is no good. */
    record NoCredentials(String detail) implements Fetch {}

    /** This agent does not fetch from there. */
    record Refused(String detail) implements Fetch {}
}
