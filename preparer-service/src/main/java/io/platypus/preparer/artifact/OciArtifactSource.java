package io.platypus.preparer.artifact;

import io.platypus.preparer.artifact.OciManifest.Layer;
import io.platypus.preparer.plan.OciReference;
import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Artifacts in a registry, as ORAS pushes them. Their digests are part of them: no file beside is
 * looked for.
 */
final class OciArtifactSource implements ArtifactSource, DigestSource {
    /** What a reference leads to. */
    private sealed interface Resolved {
        record Found(OciReference reference, Layer layer) implements Resolved {}

        record Failed(Fetch.NotOpened why) implements Resolved {}
    }

    private final OciRequests requests;
    private final Pauses pauses = new Pauses();

    OciArtifactSource(OciRequests requests) {
        this.requests = requests;
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        return switch (resolve(url)) {
            case Resolved.Failed(var why) -> why;
            case Resolved.Found(var reference, var layer) -> {
                HttpRequests again =
                        headers ->
                                requests.get(reference, "blobs/sha256:" + layer.sha256(), headers);
                HttpAnswer answer = again.get(Map.of());
                if (!(answer instanceof HttpAnswer.Received received) || received.status() != 200) {
                    yield failed(url, "blob", answer);
                }
                if (received.length().orElse(layer.size()) != layer.size()) {
                    received.close();
                    yield new Fetch.Unreachable(
                            Repository.shown(url)
                                    + ": the blob has "
                                    + received.length().getAsLong()
                                    + " bytes, its manifest says "
                                    + layer.size());
                }
                yield opened(layer, again, received);
            }
        };
    }

    /** The digest that the manifest gives, which whoever can move a tag can change as well. */
    @Override
    public Digest find(URI artifact) throws InterruptedException {
        return switch (resolve(artifact)) {
            case Resolved.Failed(var why) -> new Digest.Unknown(why);
            case Resolved.Found(var _, var layer) ->
                    new Digest.Known(
                            layer.sha256(), "the manifest of " + Repository.shown(artifact));
        };
    }

    @Override
    public boolean isStill(URI url, String validator) throws InterruptedException {
        return resolve(url) instanceof Resolved.Found(var _, var layer)
                && layer.sha256().equals(validator);
    }

    /** The address of a blob is that of its content: any part of it fits any other. */
    private static Fetch.Opened opened(
            Layer layer, HttpRequests again, HttpAnswer.Received received) {
        return new Fetch.Opened(
                new ResumedBody(again, Optional.empty(), received),
                OptionalLong.of(layer.size()),
                Optional.of(layer.sha256()));
    }

    private Resolved resolve(URI url) throws InterruptedException {
        Optional<Fetch.Unreachable> pause = pauses.of(url);
        if (pause.isPresent()) {
            return new Resolved.Failed(pause.get());
        }
        OciReference reference = OciReference.of(url).orElseThrow();
        HttpAnswer answer =
                requests.get(
                        reference,
                        "manifests/" + reference.tag(),
                        Map.of("Accept", OciManifest.MEDIA_TYPES));
        if (!(answer instanceof HttpAnswer.Received received) || received.status() != 200) {
            return new Resolved.Failed(failed(url, "manifest", answer));
        }
        String shown = Repository.shown(url) + ": ";
        try {
            byte[] document = received.content(OciManifest.MOST_BYTES);
            if (reference.isDigest() && !reference.tag().equals("sha256:" + sha256(document))) {
                return new Resolved.Failed(
                        new Fetch.Unreachable(shown + "the manifest is not the one of the digest"));
            }
            return new Resolved.Found(reference, OciManifest.parse(document).archive(reference));
        } catch (IOException e) {
            return new Resolved.Failed(new Fetch.Unreachable(shown + "the manifest: " + e));
        } catch (OciManifest.UnusableException e) {
            return new Resolved.Failed(new Fetch.Missing(shown + e.getMessage()));
        }
    }

    /**
     * @param what was asked for
     */
    private Fetch.NotOpened failed(URI url, String what, HttpAnswer answer) {
        String shown = Repository.shown(url) + ": ";
        return switch (answer) {
            case HttpAnswer.NoCredentials(var detail) -> new Fetch.NoCredentials(shown + detail);
            case HttpAnswer.Nothing(var detail) -> new Fetch.Unreachable(shown + detail);
            case HttpAnswer.Received received -> {
                received.close();
                String detail =
                        shown + "the registry answered " + received.status() + " for the " + what;
                yield switch (received.status()) {
                    case 401 ->
                            new Fetch.NoCredentials(
                                    detail
                                            + ": there are no credentials for it, or it refuses them");
                    case 403 -> new Fetch.Denied(detail);
                    case 404, 410 -> new Fetch.Missing(detail);
                    default -> {
                        Optional<Duration> pause = received.retryAfter(Instant.now());
                        pause.ifPresent(asked -> pauses.begin(url, asked));
                        yield new Fetch.Unreachable(detail, pause);
                    }
                };
            }
        };
    }

    private static String sha256(byte[] document) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
