import java.io.IOException;

/** What the demo's operator wants, as the documents that people write. */
final class Intent {
    private static final String CLUSTER = "clusters/slug/development/";

    private final Store store;
    private final Screen screen;
    private final String basedir;
    private final int port;

    Intent(Store store, Screen screen, String basedir, int port) {
        this.store = store;
        this.screen = screen;
        this.basedir = basedir;
        this.port = port;
    }

    /** Says that the node is known, and idle unless apps are assigned to it. */
    void sentinel() throws IOException, InterruptedException {
        store.put("nodes/laptop/.node", "{}");
    }

    void assign() throws IOException, InterruptedException {
        put("nodes/laptop/slug", "{\"cluster\": \"development\"}");
    }

    void unassign() throws IOException, InterruptedException {
        screen.say("  delete nodes/laptop/slug");
        store.delete("nodes/laptop/slug");
    }

    void deployConfig() throws IOException, InterruptedException {
        put(CLUSTER + "deploy_config", "{\"basedir\": \"%s\", \"ports\": [%d]}".formatted(basedir, port));
    }

    void config(String versions, String greeting) throws IOException, InterruptedException {
        put(
                CLUSTER + "config",
                """
                {"versions": {%s}, "min_nodes": 0, "user_config": {"port": %d, "greeting": "%s"}}"""
                        .formatted(versions, port, greeting));
    }

    private void put(String key, String json) throws IOException, InterruptedException {
        screen.say("  " + key);
        screen.say("    " + json);
        store.put(key, json);
    }
}
