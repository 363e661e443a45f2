import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The story that {@code make demo} tells. Every step is waited for until it is seen, with a
 * deadline; the exit status is 0 only if all were. Whatever happens, Ctrl-C too, what was started
 * is stopped and what was written is removed.
 */
final class Demo {
    private static final String FIRST = "e928e5ad8814441e7c503d7f6c9e55d72584c006";
    private static final String SECOND = "56d459e7c581b913ad5afa627064d62aea2cfac3";
    private static final Duration SOON = Duration.ofSeconds(30);

    private static volatile boolean interrupted;

    private final Platform platform;
    private final Screen screen;

    private Demo(Platform platform, Screen screen) {
        this.platform = platform;
        this.screen = screen;
    }

    public static void main(String[] args) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUpBeforeTheEnd(main, over)));
        int status = run(args[0], new Screen(args[1].equals("live")));
        over.countDown();
        if (!interrupted) {
            System.exit(status);
        }
    }

    private static void cleanUpBeforeTheEnd(Thread main, CountDownLatch over) {
        if (over.getCount() == 0) {
            return;
        }
        interrupted = true;
        main.interrupt();
        try {
            over.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(String store, Screen screen) throws Exception {
        long begin = System.nanoTime();
        Path dir = Files.createTempDirectory("platypus-demo-").toRealPath();
        Platform platform = new Platform(dir, Path.of("").toAbsolutePath(), screen);
        boolean told = false;
        try {
            platform.start(store);
            new Demo(platform, screen).tell();
            told = true;
        } catch (InterruptedException e) {
            screen.problem("interrupted");
        } catch (NotSeen e) {
            screen.problem(e.getMessage());
            platform.showLogs();
        } catch (Exception e) {
            screen.problem(e.toString());
            e.printStackTrace();
            platform.showLogs();
        }
        boolean clean = platform.close(told);
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        if (told && clean) {
            screen.say("Every step was seen, and nothing is left behind: " + seconds + " s.");
        }
        return told && clean ? 0 : 1;
    }

    private void tell() throws Exception {
        firstVersion();
        secondVersion();
        brokenIntent();
        healthAndMetrics();
        unassign();
    }

    private void firstVersion() throws Exception {
        screen.step("Write intent: the app slug on this node, version " + brief(FIRST));
        Intent intent = platform.intent();
        intent.deployConfig();
        intent.config("\"%s\": \"active\", \"%s\": \"prep\"".formatted(FIRST, SECOND), "hello");
        intent.assign();
        platform.await("slug live as " + brief(FIRST), SOON, () -> platform.isLive(FIRST, "hello"));
        platform.showApp();
    }

    private void secondVersion() throws Exception {
        screen.step("Upgrade, by changing intent only: version " + brief(SECOND));
        platform.intent()
                .config("\"%s\": \"prep\", \"%s\": \"active\"".formatted(FIRST, SECOND), "again");
        platform.await("slug live as " + brief(SECOND), SOON, () -> platform.isLive(SECOND, "again"));
        platform.showApp();
    }

    private void brokenIntent() throws Exception {
        screen.step("Break the intent: two active versions. It is reported, and the app goes on");
        platform.intent()
                .config("\"%s\": \"active\", \"%s\": \"active\"".formatted(FIRST, SECOND), "broken");
        platform.await(
                "INVALID_INTENT and health DOWN reported by every agent",
                SOON,
                () -> {
                    platform.requireAnswer(SECOND);
                    return platform.allReport("BLOCKED", "INVALID_INTENT")
                            && platform.allHealth("DOWN");
                });
        platform.showMessages();
        platform.showHealth();
        platform.showApp();

        screen.step("Mend the intent");
        platform.intent()
                .config("\"%s\": \"prep\", \"%s\": \"active\"".formatted(FIRST, SECOND), "again");
        platform.await(
                "convergence after the mend",
                SOON,
                () -> {
                    platform.requireAnswer(SECOND);
                    return platform.isLive(SECOND, "again");
                });
    }

    private void healthAndMetrics() throws Exception {
        screen.step("What monitoring sees of each agent");
        platform.await("health UP of every agent", SOON, () -> platform.allHealth("UP"));
        platform.showHealth();
        for (Agent agent : platform.agents()) {
            screen.say("  " + agent.name() + " GET " + agent.url() + "/actuator/prometheus");
            agent.metrics().forEach(line -> screen.say("    " + line));
        }
    }

    private void unassign() throws Exception {
        screen.step("Unassign the app: it is stopped, by intent as well");
        platform.intent().unassign();
        platform.await("slug stopped and forgotten", SOON, platform::isGone);
        screen.say("  no agent knows slug any more, and no process of it runs");
    }

    private static String brief(String version) {
        return version.substring(0, 7);
    }
}
