package io.platypus.preparer.install;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** One format of archive. Throws whatever it likes at bad input: {@link ArchiveReader} sorts it. */
interface Archive extends Closeable {
    /** The next entry, empty at the end of the archive; the one before must have been read. */
    Optional<Entry> next() throws IOException;

    /** Reads from the present entry; -1 at its end. */
    int read(byte[] into, int offset, int wanted) throws IOException;

    /** Reads on to the very end, where checksums stand. */
    void finish() throws IOException;
}
