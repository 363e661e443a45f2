package io.platypus.preparer.plan;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where an artifact is beneath the repository.
 *
 * @param pattern a relative URL with {@code {app}}, {@code {version}}, {@code {os}} and {@code
 *     {arch}}
 * @param os what {@code {os}} stands for
 * @param arch what {@code {arch}} stands for
 */
public record UrlTemplate(String pattern, String os, String arch) {
    /** The original's. */
    public static final String DEFAULT_PATTERN = "{app}/{app}_{version}.tar.gz";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(app|version|os|arch)}");

    /**
     * @throws IllegalArgumentException if two versions would have one URL, a placeholder is
     *     unknown, or the URL would not be beneath the repository
     */
    public UrlTemplate {
        String bare = PLACEHOLDER.matcher(pattern).replaceAll("x");
        if (!pattern.contains("{version}") || bare.contains("{") || bare.contains("}")) {
            throw new IllegalArgumentException(
                    "the URL template needs {version}, and knows {app}, {os} and {arch} besides");
        }
        // As a reference to what is beneath, so that a colon does not end a scheme.
        URI url = URI.create("./" + bare);
        if (url.getRawFragment() != null
                || bare.startsWith("/")
                || bare.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")
                || Arrays.asList(url.getPath().split("/")).contains("..")) {
            throw new IllegalArgumentException(
                    "the URL template must be relative, and stay beneath the repository");
        }
    }

    /** The pattern where none is set: registries know repositories and tags, and no files. */
    public static String usual(URI base) {
        return "oci".equalsIgnoreCase(base.getScheme()) ? "{app}:{version}" : DEFAULT_PATTERN;
    }

    /** With the names that Debian, Go and OCI have for this machine: linux and amd64, say. */
    public static UrlTemplate of(String pattern, String osName, String osArch) {
        String arch =
                switch (osArch) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> osArch;
                };
        return new UrlTemplate(pattern, osName.toLowerCase(Locale.ROOT).replace(' ', '-'), arch);
    }

    /** The artifact's place, relative to the repository. */
    String of(AppName app, Version version) {
        return PLACEHOLDER
                .matcher(pattern)
                .replaceAll(found ->
                        switch (found.group(1)) {
                            case "app" -> app.toString();
                            case "version" -> version.toString();
                            case "os" -> os;
                            default -> arch;
                        });
    }
}
