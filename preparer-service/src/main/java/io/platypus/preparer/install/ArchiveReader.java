package io.platypus.preparer.install;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/**
 * Reads an archive of any format, that anybody may have made. What is wrong with it is a {@link
 * BadArchiveException}; a failure to receive it comes through as it is. Not for use by several
 * threads.
 */
final class ArchiveReader implements Closeable {
    private static final int BUFFER = 64 << 10;

    /** As much as {@code zstd} itself allows without being told: a window of 128 MiB. */
    private static final int ZSTD_WINDOW = 27;

    /** What {@code xz -9} needs: a dictionary of 64 MiB. */
    private static final int XZ_KIB = 72 << 10;

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** One at a time: a heap of 192 MB has room for one such dictionary, not for two. */
    private static final Semaphore XZ = new Semaphore(1);

    private final ReceivedStream source;
    private final ArchiveFormat format;
    private final Archive archive;

    /**
     * Tells the format and reads the first header.
     *
     * @param scratch where a format that has its directory at the end is kept meanwhile
     */
    ArchiveReader(ReceivedStream source, Scratch scratch) throws IOException {
        this.source = source;
        var in = new Unclosed(source);
        in.mark(ArchiveFormat.HEAD);
        this.format = ArchiveFormat.of(in.readNBytes(ArchiveFormat.HEAD));
        in.reset();
        if (format == ArchiveFormat.TAR_XZ) {
            takeTurn();
        }
        try {
            this.archive = open(in, scratch);
        } catch (IOException | RuntimeException e) {
            endTurn();
            throw e;
        }
    }

    private Archive open(InputStream in, Scratch scratch) throws IOException {
        return switch (format) {
            case TAR -> tar(in);
            case TAR_GZ -> tar(reading(() -> gunzip(in)));
            case TAR_ZST -> tar(reading(() -> unzstd(in)));
            case TAR_XZ -> tar(reading(() -> new XZInputStream(in, XZ_KIB)));
            case ZIP -> {
                // A disk that is full is no fault of the archive.
                var file = scratch.keep(in, source::fruitful);
                yield reading(() -> new ZipArchive(file));
            }
        };
    }

    private static void takeTurn() throws InterruptedIOException {
        try {
            XZ.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to unpack .tar.xz");
        }
    }

    private void endTurn() {
        if (format == ArchiveFormat.TAR_XZ) {
            XZ.release();
        }
    }

    /** Whoever gave the source reads on in it when the archive is no good, and closes it. */
    private static final class Unclosed extends BufferedInputStream {
        Unclosed(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public void close() {
            // Not ours.
        }
    }

    /** The next entry, empty at the end of the archive; the one before must have been read. */
    Optional<Entry> next() throws IOException {
        return reading(archive::next);
    }

    /** Reads from the present entry; -1 at its end. */
    int read(byte[] into, int offset, int wanted) throws IOException {
        return reading(() -> archive.read(into, offset, wanted));
    }

    /** Reads on to the very end, where checksums stand. */
    void finish() throws IOException {
        reading(() -> {
            archive.finish();
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        try {
            archive.close();
        } finally {
            endTurn();
        }
    }

    private Archive tar(InputStream unpacked) throws IOException {
        return reading(() -> new TarArchive(unpacked, source::fruitful));
    }

    private static InputStream gunzip(InputStream in) throws IOException {
        return GzipCompressorInputStream.builder()
                .setInputStream(in)
                .setBufferSize(BUFFER)
                .setDecompressConcatenated(true)
                .get();
    }

    private static InputStream unzstd(InputStream in) throws IOException {
        return new ZstdInputStreamNoFinalizer(in).setLongMax(ZSTD_WINDOW);
    }

    private <T> T reading(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (BadArchiveException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (e.getCause() instanceof BadArchiveException bad) {
                throw bad;
            }
            if (source.failure().isPresent()) {
                throw source.failure().get();
            }
            if (needsTooMuchMemory(e)) {
                throw BadArchiveException.tooLarge(
                        "it unpacks only with more memory than "
                                + (format == ArchiveFormat.TAR_XZ ? "xz -9" : "zstd --long=27")
                                + " needs: pack it with less");
            }
            throw BadArchiveException.corrupt("it is no sound " + format + ": " + why(e));
        }
    }

    /** Readers tell the end of what they read by an exception without a word. */
    private static String why(Exception e) {
        if (e.getMessage() != null) {
            return e.getMessage();
        }
        return e instanceof EOFException ? "it was cut off" : e.toString();
    }

    private static boolean needsTooMuchMemory(Exception e) {
        return e instanceof MemoryLimitException
                || (e instanceof ZstdIOException zstd
                        && zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge());
    }
}
