package io.platypus.preparer.install;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Half a megabyte of contents: many small files, or a piece of a large one. */
final class Chunk {
    private static final int SIZE = 512 << 10;

    /** Empty files fill no chunk, and must be made at some time, too. */
    private static final int MOST_PIECES = 1024;

    /**
     * Where a stretch of it goes.
     *
     * @param whole whether that is all of the file
     * @param position in the file, in bytes
     */
    record Piece(NewFile file, int from, int length, boolean whole, long position) {}

    private final byte[] bytes = new byte[SIZE];
    private final List<Piece> pieces = new ArrayList<>();
    private int used;
    private int begun;

    byte[] bytes() {
        return bytes;
    }

    int used() {
        return used;
    }

    int room() {
        return pieces.size() < MOST_PIECES ? SIZE - used : 0;
    }

    List<Piece> pieces() {
        return pieces;
    }

    void filled(int count) {
        used += count;
    }

    /** Says what has come in since the last time. */
    int piece(NewFile file, boolean whole, long position) {
        int length = used - begun;
        pieces.add(new Piece(file, begun, length, whole, position));
        begun = used;
        return length;
    }

    ByteBuffer content(Piece piece) {
        return ByteBuffer.wrap(bytes, piece.from(), piece.length());
    }

    void clear() {
        pieces.clear();
        used = 0;
        begun = 0;
    }
}
