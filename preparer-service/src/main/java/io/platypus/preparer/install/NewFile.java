package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that is to be made. Small ones are written at once; large ones in pieces, by several
 * threads, and whoever writes the last piece closes it.
 */
final class NewFile {
    private final Path path;
    private final EntryName name;
    private final int mode;
    private final FileTime modified;
    private final AtomicInteger holders = new AtomicInteger(1);
    private @Nullable FileChannel channel;

    NewFile(Path path, EntryName name, int mode, FileTime modified) {
        this.path = path;
        this.name = name;
        this.mode = mode;
        this.modified = modified;
    }

    void write(ByteBuffer content, Permissions permissions) throws IOException {
        try (FileChannel file = create(permissions)) {
            write(file, content, 0);
        }
        permissions.settleNew(path, mode, modified);
    }

    /** Begins a file that is written in pieces; its maker holds it until {@link #release}. */
    void open(Permissions permissions) throws IOException {
        channel = create(permissions);
    }

    boolean isOpen() {
        return channel != null;
    }

    /** To be called before a piece is handed to another thread. */
    void hold() {
        holders.incrementAndGet();
    }

    void write(ByteBuffer content, long position) throws IOException {
        if (channel != null) {
            write(channel, content, position);
        }
    }

    /** Lets go of it; the last one to do so closes it, and gives it its attributes. */
    void release(Permissions permissions) throws IOException {
        if (holders.decrementAndGet() == 0 && channel != null) {
            channel.close();
            permissions.settleNew(path, mode, modified);
        }
    }

    /** Closes it in whatever state it is. */
    void abandon() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private FileChannel create(Permissions permissions) throws IOException {
        try {
            return FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    permissions.attribute(mode));
        } catch (FileAlreadyExistsException e) {
            throw name.foldedTwice();
        }
    }

    private static void write(FileChannel file, ByteBuffer content, long position)
            throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += file.write(content, at);
        }
    }
}
