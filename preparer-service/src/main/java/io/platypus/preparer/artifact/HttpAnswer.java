package io.platypus.preparer.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What came of a request. */
sealed interface HttpAnswer {
    /**
     * The server answered; the body is to be closed, whatever the status.
     *
     * @param from where, after redirects
     */
    record Received(URI from, int status, HttpHeaders headers, IdleLimitedBody body)
            implements HttpAnswer {
        private static final int BUFFER = 8 << 10;

        /**
         * The whole body, which is to be short, and to arrive within the idle timeout. Closes it.
         *
         * @throws IOException if it does not arrive in that time, or is longer
         */
        byte[] content(int most) throws IOException, InterruptedException {
            long begun = System.nanoTime();
            var content = new ByteArrayOutputStream();
            byte[] buffer = new byte[BUFFER];
            try (body) {
                for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                    content.write(buffer, 0, read);
                    if (content.size() > most) {
                        throw new IOException("the answer is longer than " + most + " bytes");
                    }
                    if (System.nanoTime() - begun > body.idle().toNanos()) {
                        throw new HttpTimeoutException("the answer does not come to an end");
                    }
                }
                return content.toByteArray();
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("while reading an answer");
                }
                throw e;
            }
        }

        /** In bytes, as announced; empty if the server does not say, or not so. */
        OptionalLong length() {
            return headers.firstValue("Content-Length")
                    .filter(length -> length.matches("\\d{1,18}"))
                    .map(length -> OptionalLong.of(Long.parseLong(length)))
                    .orElseGet(OptionalLong::empty);
        }

        /** How long the server, too busy, asks to be left alone. */
        Optional<Duration> retryAfter(Instant now) {
            return status == 429 || status == 503 ? RetryAfter.of(headers, now) : Optional.empty();
        }

        /** Lets go of the connection. */
        void close() {
            body.close();
        }
    }

    /** The request was not made, as the credentials cannot be had. */
    record NoCredentials(String detail) implements HttpAnswer {}

    /** There is no answer to be had. */
    record Nothing(String detail) implements HttpAnswer {}
}
