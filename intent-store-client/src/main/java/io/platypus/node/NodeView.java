package io.platypus.node;

import io.platypus.intent.NodeIntent;
import java.util.Map;

/**
 * A node's intent as the watch last saw it; may be stale.
 *
 * @param index the greatest store index that was read
 * @param indexes for each app, the store index of the latest of its documents' readings
 */
public record NodeView(NodeIntent intent, long index, Map<String, Long> indexes) {
    public NodeView {
        indexes = Map.copyOf(indexes);
    }
}
