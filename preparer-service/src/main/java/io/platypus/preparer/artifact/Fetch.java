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
     * @param validator what tells this content from another one at the same URL, for {@link
     *     ArtifactSource#isStill}; one line without secrets
     */
    record Opened(InputStream body, OptionalLong length, Optional<String> validator)
            implements Fetch, AutoCloseable {
        /** Of which nothing tells another content. */
        public Opened(InputStream body, OptionalLong length) {
            this(body, length, Optional.empty());
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** The artifact is not there to be received. */
    sealed interface NotOpened extends Fetch {}

    /** The repository answers, and has no such artifact. */
    record Missing(String detail) implements NotOpened {}

    /**
     * The repository does not answer, or not as it should.
     *
     * @param retryAfter how long the server asks to be left alone
     */
    record Unreachable(String detail, Optional<Duration> retryAfter) implements NotOpened {
        Unreachable(String detail) {
            this(detail, Optional.empty());
        }
    }

    /** The repository answers, and keeps it to itself: some say so of what they do not have. */
    record Denied(String detail) implements NotOpened {}

    /** There are no credentials to ask with, or the repository says that they are no good. */
    record NoCredentials(String detail) implements NotOpened {}

    /** This agent does not fetch from there. */
    record Refused(String detail) implements NotOpened {}
}
