package io.platypus.preparer.artifact;

import io.platypus.intent.Printable;
import io.platypus.preparer.plan.OciReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an artifact consists of (OCI Image Format Specification, "Image Manifest"), as ORAS pushes
 * it: a layer for each file, with the file's name as title.
 */
record OciManifest(List<Layer> layers) {
    /** The manifests that are asked for. */
    static final String MEDIA_TYPES =
            "application/vnd.oci.image.manifest.v1+json,"
                    + "application/vnd.docker.distribution.manifest.v2+json";

    /** What the specification lets a registry limit them to. */
    static final int MOST_BYTES = 4 << 20;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern ARCHIVE =
            Pattern.compile("(?i).+\\.(?:tar|tar\\.gz|tgz|tar\\.zst|tar\\.xz|zip)");
    private static final String TITLE = "org.opencontainers.image.title";
    private static final int MOST_SHOWN = 10;

    /**
     * One file.
     *
     * @param sha256 64 lower-case hexadecimal digits
     * @param size in bytes
     * @param title the file's name, empty if it has none
     */
    record Layer(String sha256, long size, String title) {}

    /** That a manifest is not what can be installed from; says why. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    OciManifest {
        layers = List.copyOf(layers);
    }

    static OciManifest parse(byte[] document) throws UnusableException {
        JsonNode root;
        try {
            root = JSON.readTree(document);
        } catch (JacksonException e) {
            throw new UnusableException("the manifest is no JSON");
        }
        if (root.path("manifests").isArray()) {
            throw new UnusableException("it is an index of several artifacts: name one of them");
        }
        List<Layer> layers = new ArrayList<>();
        for (JsonNode layer : root.path("layers")) {
            layers.add(layer(layer));
        }
        if (layers.isEmpty()) {
            throw new UnusableException("the manifest has no layers");
        }
        return new OciManifest(layers);
    }

    /** The only layer, else the only archive among them, else the one named after the artifact. */
    Layer archive(OciReference reference) throws UnusableException {
        if (layers.size() == 1) {
            return layers.getFirst();
        }
        String named = reference.lastName() + "_" + reference.tag() + ".";
        return only(layer -> ARCHIVE.matcher(layer.title()).matches())
                .or(() ->
                        only(layer ->
                                ARCHIVE.matcher(layer.title()).matches()
                                        && layer.title().startsWith(named)))
                .orElseThrow(() ->
                        new UnusableException(
                                "of its layers not one alone is an archive: " + titles()));
    }

    private Optional<Layer> only(Predicate<Layer> rule) {
        List<Layer> found = layers.stream().filter(rule).toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private String titles() {
        return layers.stream()
                .limit(MOST_SHOWN)
                .map(layer -> "'" + Printable.of(layer.title()) + "'")
                .collect(Collectors.joining(", "));
    }

    private static Layer layer(JsonNode layer) throws UnusableException {
        String digest = layer.path("digest").asString("");
        JsonNode size = layer.path("size");
        if (!DIGEST.matcher(digest).matches() || !size.canConvertToLong() || size.asLong() < 0) {
            throw new UnusableException("a layer has no SHA-256 or no size");
        }
        return new Layer(
                digest.substring("sha256:".length()),
                size.asLong(),
                layer.path("annotations").path(TITLE).asString(""));
    }
}
