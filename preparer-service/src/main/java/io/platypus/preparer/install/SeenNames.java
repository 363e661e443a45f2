package io.platypus.preparer.install;

import java.util.BitSet;

/**
 * Which names an archive has used, in 4 MB at most. It may take a name for one that was used, never
 * the other way round.
 */
final class SeenNames {
    private static final int MASK = (1 << 25) - 1;

    private final BitSet seen = new BitSet();

    /** Notes a name; returns whether it may have been used before. */
    boolean add(EntryName name) {
        int hash = name.hashCode();
        int bit = (hash ^ hash >>> 25) & MASK;
        boolean before = seen.get(bit);
        seen.set(bit);
        return before;
    }
}
