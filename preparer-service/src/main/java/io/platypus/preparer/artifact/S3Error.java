package io.platypus.preparer.artifact;

import io.platypus.intent.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What S3 says when it refuses a request (Amazon S3 API Reference, "Error responses"). Two fields
 * of a document that anybody may have sent are all that is wanted, so no XML is parsed.
 *
 * @param code such as {@code NoSuchKey}; empty if the server does not say
 * @param message for people
 */
record S3Error(String code, String message) {
    private static final int MOST_BYTES = 16 << 10;
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,80})</Code>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]{1,2000})</Message>");

    /** Reads and closes the answer. */
    static S3Error of(HttpAnswer.Received received) throws InterruptedException {
        try {
            String text = new String(received.content(MOST_BYTES), StandardCharsets.UTF_8);
            return new S3Error(found(CODE, text).orElse(""), found(MESSAGE, text).orElse(""));
        } catch (IOException e) {
            return new S3Error("", ""); // The status has to do.
        }
    }

    /** For people: the status as well. */
    String shown(int status) {
        String said = code.isEmpty() ? "" : " " + code;
        String why = message.isEmpty() ? "" : " (" + Printable.of(message) + ")";
        return "the server answered " + status + said + why;
    }

    private static Optional<String> found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
