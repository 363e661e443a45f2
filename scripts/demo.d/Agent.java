import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** One of the three agents, as a running program that is asked over HTTP how far it is. */
record Agent(Child child, String url) {
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
        return Web.getJson(url + "/actuator/convergence").has("agent");
    }

    /** How each app stands; empty while the agent does not answer. */
    List<Row> rows() throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (JsonNode app : Web.getJson(url + "/actuator/convergence").path("apps")) {
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

    /** The status as a whole, then that of each component: {@code UP convergence=UP …}. */
    String health() throws InterruptedException {
        JsonNode health = Web.getJson(url + "/actuator/health");
        StringBuilder line = new StringBuilder(health.path("status").asString("UNKNOWN"));
        health.path("components")
                .forEachEntry(
                        (component, detail) ->
                                line.append(' ')
                                        .append(component)
                                        .append('=')
                                        .append(detail.path("status").asString("")));
        return line.toString();
    }

    /** Some samples of the metrics: how the app stands, how many passes went well, and the agent's own. */
    List<String> metrics() throws NotSeen, InterruptedException {
        String common =
                "platypus_app_converged|platypus_intent_store_up"
                        + "|platypus_reconcile_seconds_count\\{outcome=\"converged\"";
        Pattern wanted = Pattern.compile("(" + common + "|platypus_" + name() + "_).*");
        List<String> samples =
                Web.get(url + "/actuator/prometheus").orElse("").lines()
                        .filter(line -> wanted.matcher(line).matches())
                        .filter(line -> !line.endsWith(" 0") && !line.endsWith(" 0.0"))
                        .toList();
        if (samples.stream().noneMatch(line -> line.startsWith("platypus_app_converged{"))) {
            throw new NotSeen(name() + " shows no platypus_app_converged at /actuator/prometheus");
        }
        return samples;
    }
}
