package io.platypus.preparer.artifact;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a registry wants a token from (Distribution's "Token Authentication Specification").
 *
 * @param realm the token server
 * @param service what it calls the registry
 */
record OciChallenge(URI realm, Optional<String> service) {
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]{0,2000})\"");

    /** Of a 401; empty if the registry does not ask for tokens. */
    static Optional<OciChallenge> of(HttpHeaders headers) {
        return headers.allValues("WWW-Authenticate").stream()
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .findFirst()
                .flatMap(OciChallenge::parse);
    }

    /** Asks for no more than reading one repository, whatever the registry suggested. */
    URI tokenFor(String name) {
        String query =
                service.map(known -> "service=" + encoded(known) + "&").orElse("")
                        + "scope="
                        + encoded("repository:" + name + ":pull");
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return URI.create(realm + separator + query);
    }

    /** The password of a registry goes to its token server, but never unencrypted for it. */
    boolean isSafeFor(URI registry) {
        return "https".equalsIgnoreCase(realm.getScheme())
                || ("http".equalsIgnoreCase(realm.getScheme())
                        && "http".equals(registry.getScheme()));
    }

    private static Optional<OciChallenge> parse(String value) {
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(value);
        while (matcher.find()) {
            parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2));
        }
        try {
            URI realm = URI.create(parameters.getOrDefault("realm", ""));
            return realm.getHost() == null || realm.getRawFragment() != null
                    ? Optional.empty()
                    : Optional.of(
                            new OciChallenge(
                                    realm, Optional.ofNullable(parameters.get("service"))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
