import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** HTTP to this machine, with a deadline on every call. */
final class Web {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

    private static final JsonMapper JSON = new JsonMapper();

    private Web() {}

    /** The body, whatever the status: an agent that is unhealthy says so in the body. */
    static Optional<String> get(String url) throws InterruptedException {
        HttpRequest request = request(url).build();
        try {
            return Optional.of(CLIENT.send(request, BodyHandlers.ofString()).body().strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The body as JSON; a missing node when there is none. */
    static JsonNode getJson(String url) throws InterruptedException {
        try {
            return JSON.readTree(get(url).orElse(""));
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    static void send(String method, String url, String body)
            throws IOException, InterruptedException {
        HttpRequest request = request(url).method(method, BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(
                    "%s %s: %d %s".formatted(method, url, response.statusCode(), response.body()));
        }
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5));
    }
}
