package io.platypus.intent.document;

/** A document does not parse or breaks a rule; the message says which, for the one who wrote it. */
public final class InvalidDocumentException extends Exception {
    InvalidDocumentException(String message) {
        super(message);
    }
}
