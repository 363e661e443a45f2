package io.platypus.runtime.program;

/** An agent cannot start; the message is the one line that its operator gets to read. */
public final class StartException extends RuntimeException {
    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
