package io.platypus.intent;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is wanted of one node, as one reading of the store saw it.
 *
 * @param sentinel whether the node's sentinel {@code nodes/<host>/.node} was there and sound
 * @param apps every app assigned to the node, usable or not, by name
 */
public record NodeIntent(NodeName node, boolean sentinel, SortedMap<String, Intended> apps) {
    public NodeIntent {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
    }
}
