package io.platypus.preparer.artifact;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A token server that a real registry believes (Distribution's "Token Authentication
 * Implementation"). It gives everybody what the one account may have: to pull.
 */
final class TestTokens implements AutoCloseable {
    private final TestRepository server = new TestRepository();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final TestCertificate certificate;
    private final String account;

    /**
     * @param account the only header of authorization that gets a token
     */
    TestTokens(TestCertificate certificate, String account) throws IOException {
        this.certificate = certificate;
        this.account = account;
        server.at("/token", this::answer);
    }

    URI realm() {
        return server.url().resolve("token");
    }

    /** What was asked for: the query and the authorization of each request. */
    List<String> asked() {
        return asked;
    }

    /** The part of the registry's configuration that makes it ask for tokens. */
    String configuration(Path home) throws Exception {
        Files.writeString(home.resolve("tokens.pem"), certificate.pem());
        return """
        auth:
          token:
            realm: %s
            service: artifacts
            issuer: test
            rootcertbundle: %s
        """
                .formatted(realm(), home.resolve("tokens.pem"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        asked.add(query + " " + authorization);
        if (!account.equals(authorization)) {
            exchange.sendResponseHeaders(401, -1);
            return;
        }
        String name = query.replaceAll(".*scope=repository:(.*):pull.*", "$1");
        byte[] body =
                ("{\"token\": \"" + token(name, "pull") + "\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /** A token for one repository; actions are separated by commas. */
    String token(String name, String actions) {
        try {
            long now = Instant.now().getEpochSecond();
            String quoted = "\"" + actions.replace(",", "\",\"") + "\"";
            String header =
                    "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"x5c\":[\"%s\"]}"
                            .formatted(Base64.getEncoder().encodeToString(certificate.encoded()));
            String claims =
                    """
                    {"iss":"test","sub":"deploy","aud":"artifacts","exp":%d,"nbf":%d,"iat":%d,
                     "jti":"1","access":[{"type":"repository","name":"%s","actions":[%s]}]}
                    """
                            .formatted(now + 300, now - 60, now, name, quoted);
            String signed = encoded(header) + "." + encoded(claims);
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(certificate.key());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed
                    + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.close();
    }
}
