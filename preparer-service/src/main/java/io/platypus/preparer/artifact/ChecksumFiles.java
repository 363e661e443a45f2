package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
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

    /** By the name as it is, else by one with directories before it, else without any name. */
    private static Optional<String> find(String content, String name) {
        List<Matcher> lines =
                content.lines()
                        .map(line -> matcher(line.strip()))
                        .filter(Matcher::matches)
                        .toList();
        return first(lines, named -> named.equals(name) || named.equals("./" + name))
                .or(() -> first(lines, named -> named.endsWith("/" + name)))
                .or(() -> first(lines, String::isEmpty));
    }

    private static Optional<String> first(List<Matcher> lines, Predicate<String> ours) {
        return lines.stream()
                .filter(line -> ours.test(Optional.ofNullable(line.group("name")).orElse("")))
                .map(line -> line.group("hex").toLowerCase(Locale.ROOT))
                .findFirst();
    }

    private static Matcher matcher(String line) {
        Matcher tagged = TAGGED.matcher(line);
        return tagged.matches() ? tagged : LINE.matcher(line);
    }
}
