import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of the three agents, as a running program that is asked over HTTP how far it is. */
record Agent(Child child, String url) {
    private static final JsonMapper JSON = new JsonMapper();

    static Agent start(Path program, Path dir, int port, List<String> settings) throws IOException {
        String name = program.getFileName().toString();
        List<String> command = new ArrayList<>();
        command.add(program.resolve("bin/launch").toString());
        command.add("--server.port=" + port);
        command.add("--platypus.node=laptop");
        command.add("--platypus.state-dir=" + dir.resolve("state").resolve(name));
        command.add("--platypus.resync=2s");
        command.addAll(settings);
        return new Agent(Child.start(name, dir, command), "http://127.0.0.1:" + port);
    }

    String name() {
        return child.name();
    }

    boolean isUp() throws NotSeen, InterruptedException {
        child.requireAlive();
        return answer("/actuator/convergence").has("agent");
    }

    /** How each app stands; empty while the agent does not answer. */
    List<Row> rows() throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (JsonNode app : answer("/actuator/convergence").path("apps")) {
            rows.add(
                    new Row(
                            app.path("app").asString(""),
                            name(),
                            app.path("version").asString(""),
                            app.path("state").asString(""),
                            app.path("reason").asString(""),
                            app.path("message").asString(""),
                            app.path("since").asString("")));
        }
        return rows;
    }

    String health() throws InterruptedException {
        return answer("/actuator/health").toString();
    }

    /** The samples of the metrics with this prefix, and no comments. */
    List<String> metrics(String prefix) throws NotSeen, InterruptedException {
        List<String> samples =
                Web.get(url + "/actuator/prometheus").orElse("").lines()
                        .filter(line -> line.startsWith(prefix) && !line.contains("_bucket{"))
                        .toList();
        if (samples.isEmpty()) {
            throw new NotSeen(name() + " shows no metric that begins with " + prefix);
        }
        return samples;
    }

    private JsonNode answer(String path) throws InterruptedException {
        try {
            return JSON.readTree(Web.get(url + path).orElse("{}"));
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }
}
