package io.platypus.intent.document;

import io.platypus.intent.ClusterName;
import tools.jackson.databind.JsonNode;

/** {@code nodes/<host>/<app>}: {@code {"cluster": "<cluster>"}}, and the sentinel beside it. */
public final class AssignmentDocument {
    private AssignmentDocument() {}

    /**
     * Reads which cluster of an app a node belongs to.
     *
     * @throws InvalidDocumentException if there is none, or its name breaks the rule for names
     */
    public static ClusterName cluster(String json) throws InvalidDocumentException {
        String name =
                Fields.parse(json)
                        .text("cluster")
                        .orElseThrow(() -> new InvalidDocumentException("cluster is missing"));
        try {
            return new ClusterName(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidDocumentException(String.valueOf(e.getMessage()));
        }
    }

    /** Whether this is a sound sentinel: a JSON object of strings, perhaps empty. */
    public static boolean isSentinel(String json) {
        try {
            return Fields.parse(json).all().stream()
                    .map(e -> e.getValue())
                    .allMatch(JsonNode::isString);
        } catch (InvalidDocumentException e) {
            return false;
        }
    }
}
