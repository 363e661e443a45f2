package io.platypus.store;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All documents under a prefix at one moment.
 *
 * @param index the store's index of this reading, 0 or more: grows with changes, but may fall back
 *     when the store was restored or lost its state
 * @param entries by key
 */
public record Listing(long index, SortedMap<String, Entry> entries) {
    public Listing {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }
}
