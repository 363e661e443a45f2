package io.platypus.intent.document;

import io.platypus.intent.Artifact;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.Printable;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** {@code clusters/<app>/<cluster>/config}, as developers write it. */
public final class ConfigDocument {
    /** The original's readers knew only the latter two, its documents said the first. */
    private static final List<String> MIN_NODES = List.of("min_nodes", "MinNodes", "minnodes");

    private ConfigDocument() {}

    /**
     * Reads the document; unknown fields are ignored.
     *
     * @throws InvalidDocumentException if it breaks any rule: nothing of it is to be used then
     */
    public static ClusterConfig parse(String json) throws InvalidDocumentException {
        Fields fields = Fields.parse(json);
        try {
            return new ClusterConfig(
                    versions(fields), minNodes(fields), userConfig(fields), artifacts(fields));
        } catch (IllegalArgumentException e) {
            throw new InvalidDocumentException(String.valueOf(e.getMessage()));
        }
    }

    private static SortedMap<Version, VersionState> versions(Fields fields)
            throws InvalidDocumentException {
        Fields versions =
                fields.object("versions")
                        .orElseThrow(() -> new InvalidDocumentException("versions is missing"));
        SortedMap<Version, VersionState> states = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : versions.all()) {
            states.put(
                    new Version(entry.getKey()),
                    state(versions.at(entry.getKey()), entry.getValue()));
        }
        return states;
    }

    private static VersionState state(String path, JsonNode value) throws InvalidDocumentException {
        return switch (value.isString() ? value.stringValue() : "") {
            case "prep" -> VersionState.PREP;
            case "active" -> VersionState.ACTIVE;
            default ->
                    throw new InvalidDocumentException(
                            path
                                    + " must be \"prep\" or \"active\", but is "
                                    + Printable.of(value.toString()));
        };
    }

    private static int minNodes(Fields fields) throws InvalidDocumentException {
        OptionalInt found = OptionalInt.empty();
        for (String name : MIN_NODES) {
            OptionalInt value = fields.integer(name);
            if (value.isPresent() && found.isPresent() && value.getAsInt() != found.getAsInt()) {
                throw new InvalidDocumentException(
                        "min_nodes is given twice, with different values");
            }
            found = value.isPresent() ? value : found;
        }
        return found.orElse(0);
    }

    private static Optional<String> userConfig(Fields fields) throws InvalidDocumentException {
        fields.object("user_config");
        return fields.value("user_config").map(JsonNode::toString);
    }

    private static Map<Version, Artifact> artifacts(Fields fields) throws InvalidDocumentException {
        Map<Version, Artifact> artifacts = new HashMap<>();
        Optional<Fields> documents = fields.object("artifacts");
        if (documents.isPresent()) {
            for (Map.Entry<String, JsonNode> entry : documents.get().all()) {
                Fields artifact = documents.get().within(entry.getKey(), entry.getValue());
                artifacts.put(
                        new Version(entry.getKey()),
                        new Artifact(
                                artifact.text("sha256"), artifact.text("url").map(URI::create)));
            }
        }
        return artifacts;
    }
}
