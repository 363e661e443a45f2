package io.platypus.preparer.install;

import java.io.IOException;

/** Going on would take more of the file system than the head-room leaves. */
final class NoRoomException extends IOException {
    NoRoomException(String message) {
        super(message);
    }
}
