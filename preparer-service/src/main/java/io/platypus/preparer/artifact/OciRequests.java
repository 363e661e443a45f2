package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.OciReference;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks registries (OCI Distribution Specification 1.1), with a token where one is wanted. For use
 * by many threads.
 */
final class OciRequests {
    private final HttpGet http;
    private final Credentials credentials;
    private final OciTokens tokens;
    private final Set<String> plain;

    /**
     * @param plain registries, as references name them, that speak HTTP without TLS
     */
    OciRequests(HttpGet http, Credentials credentials, Set<String> plain) {
        this.http = http;
        this.credentials = credentials;
        this.tokens = new OciTokens(http);
        this.plain = Set.copyOf(plain);
    }

    /**
     * As {@link HttpGet#get}.
     *
     * @param place within the repository, {@code manifests/1.0} say
     */
    HttpAnswer get(OciReference artifact, String place, Map<String, String> headers)
            throws InterruptedException {
        String scheme = plain.contains(artifact.registry()) ? "http" : "https";
        URI url =
                URI.create(
                        "%s://%s/v2/%s/%s"
                                .formatted(scheme, artifact.registry(), artifact.name(), place));
        try {
            Map<String, String> secret = credentials.of(url);
            Map<String, String> bearer = credentials.of(url);
            tokens.known(url, artifact.name()).ifPresent(token -> authorize(bearer, token));
            HttpAnswer answer = http.get(url, bearer, headers);
            Optional<OciChallenge> challenge = challenge(url, answer);
            if (challenge.isEmpty()) {
                return answer;
            }
            Optional<HttpAnswer> failure =
                    tokens.renew(url, artifact.name(), challenge.get(), secret);
            if (failure.isPresent()) {
                return failure.get();
            }
            tokens.known(url, artifact.name()).ifPresent(token -> authorize(bearer, token));
            return http.get(url, bearer, headers);
        } catch (Credentials.UnusableException e) {
            return new HttpAnswer.NoCredentials(String.valueOf(e.getMessage()));
        }
    }

    /** Of the registry itself: to whom it has redirected names no token servers. */
    private static Optional<OciChallenge> challenge(URI registry, HttpAnswer answer) {
        if (!(answer instanceof HttpAnswer.Received received)
                || received.status() != 401
                || !Credentials.origin(received.from()).equals(Credentials.origin(registry))) {
            return Optional.empty();
        }
        Optional<OciChallenge> challenge = OciChallenge.of(received.headers());
        if (challenge.isPresent()) {
            received.close();
        }
        return challenge;
    }

    private static void authorize(Map<String, String> headers, String token) {
        headers.put("Authorization", "Bearer " + token);
    }
}
