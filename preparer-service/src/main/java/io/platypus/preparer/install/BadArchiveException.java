package io.platypus.preparer.install;

import io.platypus.intent.Printable;
import java.io.IOException;

/** The archive itself is at fault; it unpacks nowhere. */
final class BadArchiveException extends IOException {
    private final InstallResult.Fault fault;

    private BadArchiveException(InstallResult.Fault fault, String message) {
        super(Printable.line(message));
        this.fault = fault;
    }

    static BadArchiveException corrupt(String message) {
        return new BadArchiveException(InstallResult.Fault.CORRUPT, message);
    }

    static BadArchiveException unsafe(String message) {
        return new BadArchiveException(InstallResult.Fault.UNSAFE, message);
    }

    static BadArchiveException tooLarge(String message) {
        return new BadArchiveException(InstallResult.Fault.TOO_LARGE, message);
    }

    InstallResult.Fault fault() {
        return fault;
    }
}
