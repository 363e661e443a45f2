package io.platypus.preparer.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An artifact that goes on where its connection broke. Gives up after {@value #MOST_FRUITLESS}
 * attempts in a row that brought no byte, and at once when the server has another content by now or
 * does not send parts.
 */
final class ResumedBody extends InputStream {
    private static final int MOST_FRUITLESS = 5;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final HttpRequests requests;
    private final Optional<Validator> validator;
    private InputStream body;
    private OptionalLong length;
    private long position;
    private int fruitless;

    /**
     * @param validator empty if the address is that of a content: there is no other then
     */
    ResumedBody(HttpRequests requests, Optional<Validator> validator, HttpAnswer.Received first) {
        this.requests = requests;
        this.validator = validator;
        this.body = first.body();
        this.length = first.length();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        Objects.checkFromIndexSize(offset, wanted, into.length);
        if (wanted == 0) {
            return 0;
        }
        while (true) {
            try {
                int read = body.read(into, offset, wanted);
                if (read > 0) {
                    position += read;
                    fruitless = 0;
                    return read;
                }
                if (length.isEmpty() || position >= length.getAsLong()) {
                    return -1;
                }
                resume(new IOException("received " + position + " of " + length.getAsLong()));
            } catch (InterruptedIOException | Unresumable e) {
                throw e;
            } catch (IOException e) {
                resume(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    /** That the rest cannot be had, or not from the same content. */
    private static final class Unresumable extends IOException {
        private static final long serialVersionUID = 1;

        Unresumable(String message, IOException cause) {
            super(message, cause);
        }
    }

    private void resume(IOException broken) throws IOException {
        body.close();
        while (fruitless < MOST_FRUITLESS) {
            try {
                Thread.sleep(FIRST_PAUSE_MILLIS << fruitless);
                fruitless++;
                if (goesOn(broken)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while receiving");
            }
        }
        throw new Unresumable(String.valueOf(broken.getMessage()), broken);
    }

    private boolean goesOn(IOException broken) throws InterruptedException, IOException {
        if (!(requests.get(rest()) instanceof HttpAnswer.Received received)) {
            return false;
        }
        if (received.status() == 206 && isNext(received)) {
            body = received.body();
            return true;
        }
        received.close();
        if (received.status() >= 500 || received.status() == 429) {
            return false;
        }
        throw new Unresumable(
                "broke off after %d bytes (%s) and cannot go on: %s"
                        .formatted(
                                position, String.valueOf(broken.getMessage()), refusal(received)),
                broken);
    }

    private Map<String, String> rest() {
        String range = "bytes=" + position + "-";
        return validator
                .map(known -> Map.of("Range", range, known.condition(), known.value()))
                .orElseGet(() -> Map.of("Range", range));
    }

    private boolean isOther(HttpAnswer.Received received) {
        return validator.filter(known -> known.differsFrom(received.headers())).isPresent();
    }

    private String refusal(HttpAnswer.Received received) {
        if (isOther(received) || received.status() == 412) {
            return "the server has another content by now";
        }
        return received.status() == 206
                ? "the server sent another part than was asked for"
                : "the server answered " + received.status() + " to a request for the rest";
    }

    private boolean isNext(HttpAnswer.Received received) {
        Matcher range =
                CONTENT_RANGE.matcher(received.headers().firstValue("Content-Range").orElse(""));
        if (!range.matches() || isOther(received) || Long.parseLong(range.group(1)) != position) {
            return false;
        }
        if (range.group(3).equals("*")) {
            return true;
        }
        long total = Long.parseLong(range.group(3));
        if (length.isEmpty()) {
            length = OptionalLong.of(total);
        }
        return length.getAsLong() == total;
    }
}
