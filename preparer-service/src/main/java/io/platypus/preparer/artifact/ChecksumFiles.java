package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
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

    public ChecksumFiles(ArtifactSource files) {
        this.files = files;
    }

    @Override
    public Digest find(URI artifact) throws InterruptedException {
        String name = SideFile.name(artifact);
        Digest own = read(SideFile.ofArtifact(files, artifact, ".sha256", MOST_BYTES), name, true);
        return own instanceof Digest.Any
                ? read(SideFile.named(files, artifact, "SHA256SUMS", MOST_BYTES), name, false)
                : own;
    }

    /**
     * @param own whether the file is about this artifact alone, and wrong if it does not say
     */
    private static Digest read(SideFile file, String name, boolean own) {
        return switch (file) {
            case SideFile.Absent _ -> new Digest.Any();
            case SideFile.Unknown(var cause) -> new Digest.Unknown(cause);
            case SideFile.TooLong(var url) ->
                    own ? lacking(Repository.shown(url)) : new Digest.Any();
            case SideFile.Found found -> {
                String shown = Repository.shown(found.url());
                String content = new String(found.bytes(), StandardCharsets.UTF_8);
                yield find(content, name)
                        .<Digest>map(hex -> new Digest.Known(hex, shown))
                        .orElseGet(() -> own ? unusable(shown, content) : new Digest.Any());
            }
        };
    }

    /** Some servers answer whatever they do not have, or want a login for, with a page and 200. */
    private static Digest unusable(String shown, String content) {
        return content.stripLeading().startsWith("<")
                ? new Digest.Lacking(
                        shown + ": is a page for a browser; does the server want a login?")
                : lacking(shown);
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
