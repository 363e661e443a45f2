package io.platypus.preparer.install;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes files on threads of its own while the next ones are being read. Chunks go round: filled
 * here, written there. For use by one thread, which waits when all are full; the first failure to
 * write comes out of whichever method is called next.
 */
final class FileWriters implements Closeable {
    private static final int WRITERS = 2;
    private static final int CHUNKS = 6;

    private final Permissions permissions;
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> writers = new ArrayList<>();
    private @Nullable Chunk filling;
    private @Nullable NewFile file;
    private long position;

    FileWriters(Permissions permissions) {
        this.permissions = permissions;
        for (int i = 0; i < CHUNKS; i++) {
            free.add(new Chunk());
        }
    }

    /** Starts the threads. */
    void start() {
        String name = Thread.currentThread().getName() + "-write-";
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Thread.ofPlatform().name(name + i).daemon().start(this::writeAll));
        }
    }

    /** What follows is the content of this file. */
    void begin(NewFile file) {
        this.file = file;
        this.position = 0;
    }

    /** A chunk with room for content; what is put there counts when {@link Chunk#filled}. */
    Chunk chunk() throws IOException {
        if (filling != null && filling.room() == 0) {
            handOver(filling);
        }
        if (filling == null) {
            filling = take();
        }
        return filling;
    }

    /** The content of the file is complete. */
    void end() throws IOException {
        NewFile ended = file;
        if (ended == null) {
            return;
        }
        Chunk chunk = chunk();
        if (ended.isOpen()) {
            addPiece(chunk, ended);
            ended.release(permissions);
        } else {
            chunk.piece(ended, true, 0);
        }
        file = null;
    }

    /** Waits until all files that have ended are written. */
    void drain() throws IOException {
        if (filling != null) {
            handOver(filling);
        }
        List<Chunk> all = new ArrayList<>();
        while (all.size() < CHUNKS) {
            all.add(take());
        }
        free.addAll(all);
        requireNoFailure();
    }

    /** Ends the threads, whatever they are doing, and waits for that. */
    @Override
    public void close() throws IOException {
        writers.forEach(Thread::interrupt);
        writers.forEach(Threads::join);
        if (file != null) {
            file.abandon();
        }
        if (filling != null) {
            abandon(filling);
        }
        for (Chunk chunk : full) {
            abandon(chunk);
        }
    }

    private void handOver(Chunk chunk) throws IOException {
        NewFile unfinished = file;
        if (unfinished != null) {
            if (!unfinished.isOpen()) {
                unfinished.open(permissions);
            }
            addPiece(chunk, unfinished);
        }
        filling = null;
        full.add(chunk);
    }

    private void addPiece(Chunk chunk, NewFile part) {
        part.hold();
        position += chunk.piece(part, false, position);
    }

    private Chunk take() throws IOException {
        requireNoFailure();
        try {
            return free.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while unpacking");
        }
    }

    private void requireNoFailure() throws IOException {
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case Throwable e -> throw new IllegalStateException("while writing", e);
        }
    }

    private void writeAll() {
        try {
            while (true) {
                Chunk chunk = full.take();
                try {
                    write(chunk);
                } catch (Throwable e) { // Whatever it is, it must not leave the reader waiting.
                    failure.compareAndSet(null, e);
                    abandon(chunk);
                }
                chunk.clear();
                free.add(chunk);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void write(Chunk chunk) throws IOException {
        for (Chunk.Piece piece : chunk.pieces()) {
            if (failure.get() != null) {
                abandon(chunk);
                return;
            }
            if (piece.whole()) {
                piece.file().write(chunk.content(piece), permissions);
            } else {
                piece.file().write(chunk.content(piece), piece.position());
                piece.file().release(permissions);
            }
        }
    }

    private void abandon(Chunk chunk) {
        for (Chunk.Piece piece : chunk.pieces()) {
            try {
                piece.file().abandon();
            } catch (IOException e) {
                failure.compareAndSet(null, e);
            }
        }
    }
}
