package io.platypus.store.consul;

import io.platypus.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A file that holds an ACL token. The token itself stands in no message. */
record TokenFile(Path file) {
    private static final int LONGEST = 4096;

    /** What can be sent in a header: an unfit one would be quoted in the HTTP client's error. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    /** The token as of now. */
    String read() throws StoreException, InterruptedException {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).strip();
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (IOException e) {
            throw new StoreException("read the Consul token file " + file + ": " + e, e);
        }
        if (!TOKEN.matcher(text).matches()) {
            throw new StoreException(
                    "the Consul token file " + file + " must hold one token and nothing else");
        }
        return text;
    }
}
