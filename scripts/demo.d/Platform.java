import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The three agents on one store, everything they write below one directory. */
final class Platform {
    /** What is waited for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Path dir;
    private final Path root;
    private final Screen screen;
    private final Leftovers leftovers;
    private final List<Agent> agents = new ArrayList<>();
    private Store store;
    private Intent intent;
    private String app = "";
    private boolean closing;

    Platform(Path dir, Path root, Screen screen) {
        this.dir = dir;
        this.root = root;
        this.screen = screen;
        this.leftovers = new Leftovers(dir);
    }

    void start(String kind) throws Exception {
        screen.step("Start the three agents on the " + kind + " store");
        startStore(kind);
        List<Integer> ports = Ports.free(4);
        app = "http://127.0.0.1:" + ports.get(3);
        intent = new Intent(store, screen, dir.resolve("slug").toString(), ports.get(3));
        intent.sentinel();
        String repo = "--platypus.preparer.repo=" + root.resolve("examples/slug/target/repo").toUri();
        startAgent("preparer", ports.get(0), repo);
        startAgent("iptables", ports.get(1), "--platypus.iptables.backend=render");
        startAgent("setlive", ports.get(2), "--platypus.setlive.supervisor=process");
        for (Agent agent : agents) {
            await(agent.name() + " answering", START, agent::isUp);
            long pid = agent.child().process().pid();
            screen.say("  %-9s %s pid=%d".formatted(agent.name(), agent.url(), pid));
        }
    }

    private void startStore(String kind) throws Exception {
        if (kind.equals("consul")) {
            ConsulStore consul = ConsulStore.start(dir);
            store = consul;
            await("a leader in Consul", START, consul::isReady);
        } else if (kind.equals("directory")) {
            store = new DirectoryStore(dir.resolve("intent"), dir.resolve("document"));
        } else {
            throw new NotSeen("there is no store '" + kind + "': STORE is directory or consul");
        }
    }

    private void startAgent(String name, int port, String setting) throws IOException {
        List<String> settings = new ArrayList<>(store.settings());
        settings.add(setting);
        agents.add(Agent.start(root.resolve("dist").resolve(name), dir, port, settings));
    }

    Intent intent() {
        return intent;
    }

    List<Agent> agents() {
        return agents;
    }

    /** Shows the agents' states until the condition holds. */
    void await(String what, Duration limit, Condition condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            requireAgents();
            screen.table(rows());
            if (condition.holds()) {
                screen.table(rows());
                return;
            }
            if (System.nanoTime() > end) {
                throw new NotSeen("not seen within " + limit.toSeconds() + " s: " + what);
            }
            Thread.sleep(200);
        }
    }

    /** A step that waits for a dead agent would wait in vain; the clean-up goes on without. */
    private void requireAgents() throws NotSeen {
        if (!closing) {
            for (Agent agent : agents) {
                agent.child().requireAlive();
            }
        }
    }

    private List<Row> rows() throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (Agent agent : agents) {
            rows.addAll(agent.rows());
        }
        return rows;
    }

    /** Whether every agent reports the app like this. */
    boolean allReport(String state, String reason) throws InterruptedException {
        List<Row> rows = rows();
        return rows.size() == agents.size()
                && rows.stream()
                        .allMatch(row -> row.state().equals(state) && row.reason().equals(reason));
    }

    /** Whether the health of every agent begins with this status. */
    boolean allHealth(String status) throws InterruptedException {
        for (Agent agent : agents) {
            if (!agent.health().startsWith(status)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every agent is done, and the world shows it: the link, the process, its settings. */
    boolean isLive(String version, String greeting) throws InterruptedException {
        Optional<String> answer = Web.get(app + "/");
        return answer.filter(text -> text.contains(version) && text.contains(greeting)).isPresent()
                && current().endsWith("installs/slug_" + version)
                && store.catalog("slug").filter(text -> !text.contains(version)).isEmpty()
                && allReport("CONVERGED", "CONVERGED");
    }

    /** Whether no agent knows the app any more, and nothing of it runs. */
    boolean isGone() throws InterruptedException {
        return rows().isEmpty()
                && Web.get(app + "/").isEmpty()
                && appProcesses().isEmpty()
                && store.catalog("slug").filter(text -> !text.isBlank()).isEmpty();
    }

    void requireAnswer(String version) throws NotSeen, InterruptedException {
        Optional<String> answer = Web.get(app + "/");
        if (answer.filter(text -> text.contains(version)).isEmpty()) {
            throw new NotSeen("the app should go on with " + version + ", but answers " + answer);
        }
    }

    void showApp() throws InterruptedException {
        screen.say("  GET " + app + "/");
        screen.say("    " + Web.get(app + "/").orElse("no answer"));
        screen.say("  " + dir.resolve("slug/current") + " -> " + current());
        Optional<String> catalog = store.catalog("slug");
        if (catalog.isPresent()) {
            screen.say("  in the catalog: " + catalog.get());
        }
    }

    void showHealth() throws InterruptedException {
        for (Agent agent : agents) {
            screen.say("  " + agent.name() + " GET " + agent.url() + "/actuator/health");
            screen.say("    " + agent.health());
        }
    }

    void showMessages() throws InterruptedException {
        rows().forEach(row -> screen.say("  " + row.agent() + ": " + row.message()));
    }

    void showLogs() throws IOException {
        for (Agent agent : agents) {
            screen.say("");
            screen.say("The last lines of " + agent.name() + ":");
            agent.child().lastLines(20).forEach(line -> screen.say("  " + line));
        }
    }

    private Path current() {
        try {
            return Files.readSymbolicLink(dir.resolve("slug/current"));
        } catch (IOException e) {
            return Path.of("absent");
        }
    }

    /**
     * Stops and removes everything. The app is stopped as an operator would, by intent; by its pid
     * only where that fails.
     *
     * @param expected whether nothing but the agents should be running any more
     * @return whether all went as it should, with no process left
     */
    boolean close(boolean expected) throws IOException {
        Thread.interrupted();
        closing = true;
        boolean clean = true;
        try {
            if (!expected) {
                stopApp();
            }
            for (Agent agent : agents) {
                agent.child().process().destroy();
            }
            for (Agent agent : agents) {
                if (!agent.child().stop(GRACE)) {
                    screen.problem(agent.name() + " did not end within " + GRACE.toSeconds() + " s of TERM");
                    clean = false;
                }
            }
            if (store != null) {
                store.close();
            }
            clean &= endLeftovers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            clean = false;
        }
        deleteTree(dir);
        return clean;
    }

    private void stopApp() throws InterruptedException {
        if (agents.size() < 3 || appProcesses().isEmpty()) {
            return;
        }
        try {
            intent.unassign();
            await("slug stopped", GRACE, () -> appProcesses().isEmpty());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            screen.say("  " + e.getMessage());
        }
    }

    private List<ProcessHandle> appProcesses() {
        return new Leftovers(dir.resolve("slug")).find();
    }

    private boolean endLeftovers() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!leftovers.find().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        List<ProcessHandle> left = leftovers.find();
        for (ProcessHandle process : left) {
            screen.problem("still running, killed: " + Leftovers.describe(process));
            process.destroyForcibly();
        }
        return left.isEmpty();
    }

    private static void deleteTree(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, IOException failure)
                            throws IOException {
                        Files.delete(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
