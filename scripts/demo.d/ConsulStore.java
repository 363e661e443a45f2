import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Intent in a Consul of the demo's own, on free ports of this machine. */
final class ConsulStore implements Store {
    private final String url;
    private final Child consul;

    private ConsulStore(String url, Child consul) {
        this.url = url;
        this.consul = consul;
    }

    static ConsulStore start(Path dir) throws IOException {
        // scripts/setup has found it.
        String program = System.getenv().getOrDefault("PLATYPUS_CONSUL", "consul");
        List<Integer> ports = Ports.free(4);
        Child consul =
                Child.start(
                        "consul",
                        dir,
                        List.of(
                                program,
                                "agent",
                                "-dev",
                                "-bind=127.0.0.1",
                                "-client=127.0.0.1",
                                "-http-port=" + ports.get(0),
                                "-server-port=" + ports.get(1),
                                "-serf-lan-port=" + ports.get(2),
                                "-serf-wan-port=" + ports.get(3),
                                "-dns-port=-1",
                                "-grpc-port=-1"));
        return new ConsulStore("http://127.0.0.1:" + ports.get(0), consul);
    }

    /** Whether a leader is there to take writes. */
    boolean isReady() throws NotSeen, InterruptedException {
        consul.requireAlive();
        return Web.get(url + "/v1/status/leader").filter(leader -> leader.contains(":")).isPresent();
    }

    @Override
    public List<String> settings() {
        return List.of("--platypus.store.type=consul", "--platypus.store.consul.url=" + url);
    }

    @Override
    public void put(String key, String json) throws IOException, InterruptedException {
        Web.send("PUT", url + "/v1/kv/" + key, json);
    }

    @Override
    public void delete(String key) throws IOException, InterruptedException {
        Web.send("DELETE", url + "/v1/kv/" + key, "");
    }

    @Override
    public Optional<String> catalog(String service) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (JsonNode instance : Web.getJson(url + "/v1/catalog/service/" + service)) {
            text.append(instance.path("ServiceID").asString())
                    .append(" port ")
                    .append(instance.path("ServicePort").asInt())
                    .append(" tags ")
                    .append(instance.path("ServiceTags"));
        }
        return Optional.of(text.toString());
    }

    @Override
    public void close() throws InterruptedException {
        consul.stop(Duration.ofSeconds(10));
    }
}
