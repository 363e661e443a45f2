import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Intent in a Consul of the demo's own, on free ports of this machine. */
final class ConsulStore implements Store {
    private final String url;
    private final Child consul;

    private ConsulStore(String url, Child consul) {
        this.url = url;
        this.consul = consul;
    }

    static ConsulStore start(Path dir) throws IOException {
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

    /** What the catalog knows of a service, as JSON. */
    String service(String name) throws InterruptedException {
        return Web.get(url + "/v1/catalog/service/" + name).orElse("[]");
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
    public void close() throws InterruptedException {
        consul.stop(Duration.ofSeconds(10));
    }

    Child process() {
        return consul;
    }
}
