package io.platypus.store;

import java.io.IOException;

/** The store could not be read or written: says what was attempted, where, and what came back. */
public final class StoreException extends IOException {
    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
