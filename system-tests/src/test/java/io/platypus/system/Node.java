package io.platypus.system;

import io.platypus.store.IntentStore;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.testing.FreshDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A node: its directory, its store, and the agents on it. Ends what it started. */
final class Node implements AutoCloseable {
    private final FreshDirectory directory;
    private final String name;
    private final IntentStore store;
    private final List<String> storeArgs;
    private final List<Agent> agents = new ArrayList<>();

    Node(String name, IntentStore store, String... storeArgs) throws IOException {
        this.directory = FreshDirectory.make();
        this.name = name;
        this.store = store;
        this.storeArgs = List.of(storeArgs);
    }

    Path path(String relative) {
        return directory.path().resolve(relative);
    }

    /** Makes an agent of this node; does not start it. */
    Agent agent(String program, String... args) throws IOException {
        return agent(program, Map.of(), args);
    }

    Agent agent(String program, Map<String, String> environment, String... args)
            throws IOException {
        List<String> all = new ArrayList<>(storeArgs);
        all.add("--platypus.node=" + name);
        all.add("--platypus.state-dir=" + path("state"));
        all.add("--platypus.resync=2s");
        all.addAll(Arrays.asList(args));
        Agent agent = new Agent(program, path(program + ".log"), environment, all);
        agents.add(agent);
        return agent;
    }

    void write(String key, String value) throws StoreException, InterruptedException {
        store.update(key, before -> java.util.Optional.of(value));
    }

    void remove(String key) throws StoreException, InterruptedException {
        store.commit(List.of(new Write.Delete(key, Write.ANY)));
    }

    void sentinel() throws StoreException, InterruptedException {
        write("nodes/" + name + "/.node", "{}");
    }

    /** Assigns an app of cluster development, with these two documents. */
    void assign(String app, String config, String deployConfig)
            throws StoreException, InterruptedException {
        write("clusters/" + app + "/development/config", config);
        write("clusters/" + app + "/development/deploy_config", deployConfig);
        write("nodes/" + name + "/" + app, "{\"cluster\": \"development\"}");
    }

    void unassign(String app) throws StoreException, InterruptedException {
        remove("nodes/" + name + "/" + app);
    }

    /** Agents first, then whatever still runs from this node's directory. */
    @Override
    public void close() throws Exception {
        for (Agent agent : agents) {
            agent.close();
        }
        store.close();
        Orphans.endAllOf(directory.path());
        directory.close();
    }
}
