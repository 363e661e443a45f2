package io.platypus.preparer.trust;

/** A file is not what it should be; the message goes on after its name: "is empty". */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
