package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digests from {@code <artifact>.sha256}, else from {@code SHA256SUMS} in the same place, as {@code
 * sha256sum} writes them, with or without {@code --tag}.
 */
public final class ChecksumFiles implements DigestSource {
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern LINE =
            Pattern.compile("(?<hex>\\p{XDigit}{64})(?: [ *](?<name>.+))?");
    private static final Pattern TAGGED =
            Pattern.compile("SHA256 \\((?<name>.+)\\) = (?<hex>\\p{XDigit}{64})");

    private final ArtifactSource files;
    private final boolean required;

    /**
     * @param required whether an artifact without either is refused
     */
    public ChecksumFiles(ArtifactSource files, boolean required) {
        this.files = files;
        this.required = required;
    }

    @Override
    public Digest find(URI artifact) throws InterruptedException {
        String path = artifact.getRawPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        Digest own = read(artifact.resolve("./" + name + ".sha256"), name, true);
        if (!(own instanceof Digest.Any)) {
            return own;
        }
        Digest listed = read(artifact.resolve("./SHA256SUMS"), name, false);
        return listed instanceof Digest.Any && required
                ? new Digest.Lacking(
                        Repository.shown(artifact) + ": neither .sha256 nor SHA256SUMS has it")
                : listed;
    }

    /**
     * @param own whether the file is about this artifact alone, and wrong if it does not say
     */
    private Digest read(URI url, String name, boolean own) throws InterruptedException {
        return switch (files.open(url)) {
            case Fetch.Missing _, Fetch.Denied _ -> new Digest.Any();
            case Fetch.NotOpened failed -> new Digest.Unknown(failed);
            case Fetch.Opened file -> {
                String shown = Repository.shown(url);
                try (file) {
                    byte[] content = file.body().readNBytes(MOST_BYTES + 1);
                    Optional<String> hex =
                            content.length > MOST_BYTES
                                    ? Optional.empty()
                                    : find(new String(content, StandardCharsets.UTF_8), name);
                    yield hex.<Digest>map(known -> new Digest.Known(known, shown))
                            .orElseGet(() -> own ? lacking(shown) : new Digest.Any());
                } catch (IOException e) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("while reading " + shown);
                    }
                    yield new Digest.Unknown(new Fetch.Unreachable(shown + ": " + e));
                }
            }
        };
    }

    private static Digest lacking(String shown) {
        return new Digest.Lacking(shown + ": has no SHA-256 of the artifact beside it");
    }

    private static Optional<String> find(String content, String name) {
        return content.lines()
                .map(line -> digest(line.strip(), name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> digest(String line, String name) {
        Matcher tagged = TAGGED.matcher(line);
        Matcher matcher = tagged.matches() ? tagged : LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String named = matcher.group("name");
        boolean ours = named == null || named.equals(name) || named.endsWith("/" + name);
        return ours ? Optional.of(matcher.group("hex").toLowerCase(Locale.ROOT)) : Optional.empty();
    }
}
