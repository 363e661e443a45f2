package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** Holds a reader, which keeps what it reads in memory, to an allowance. For reading only. */
final class BoundedChannel implements SeekableByteChannel {
    private final FileChannel file;
    private long allowance;

    BoundedChannel(FileChannel file, long allowance) {
        this.file = file;
        this.allowance = allowance;
    }

    void allow(long bytes) {
        allowance = bytes;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int read = file.read(into);
        allowance -= Math.max(0, read);
        if (allowance < 0) {
            throw BadArchiveException.tooLarge("the directory of the zip is too long");
        }
        return read;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new UnsupportedOperationException("for reading only");
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new UnsupportedOperationException("for reading only");
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
