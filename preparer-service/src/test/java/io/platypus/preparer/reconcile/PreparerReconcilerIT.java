package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.VersionState;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.Tree;
import io.platypus.preparer.artifact.TestRepository;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PreparerReconcilerIT {
    private static final byte[] ARCHIVE = new RawTar().file("bin/launch", "#!/bin/sh\n").gzipped();
    private static final Duration IDLE = Duration.ofSeconds(1);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private TestRepository repo;
    private Driver driver;
    private Path basedir;

    @BeforeEach
    void start() throws IOException {
        repo = new TestRepository();
        driver = new Driver(repo.url(), IDLE, 2);
        basedir = home.resolve("slug");
    }

    @AfterEach
    void stop() {
        repo.close();
    }

    @Test
    void installsEveryVersionAndThenHasNothingToDo() throws Exception {
        serve("a", TestRepository.content(ARCHIVE)).serve("b", TestRepository.content(ARCHIVE));

        assertThat(driver.pass(slug("a", "b"))).isEqualTo(Outcome.done());

        Map<String, String> tree = Tree.of(basedir);
        assertThat(tree).containsKeys("installs/slug_a/bin/launch", "installs/slug_b/bin/launch");
        assertThat(driver.pass(slug("a", "b"))).isEqualTo(Outcome.done());
        assertThat(Tree.of(basedir)).isEqualTo(tree);
        assertThat(driver.registry.get("platypus.preparer.fetched.bytes").counter().count())
                .isEqualTo(2.0 * ARCHIVE.length);
        assertThat(installs("installed")).isEqualTo(2);
    }

    @Test
    void comesBackWhenTheServerSaysSo() throws Exception {
        serve(
                "a",
                exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "90");
                    exchange.sendResponseHeaders(429, -1);
                });

        Outcome outcome = driver.pass(slug("a"));

        assertHeld(outcome, ConvergenceState.FAILED, PreparerReason.FETCH_FAILED);
        assertThat(((Outcome.Held) outcome).retry()).hasValue(Duration.ofSeconds(90));
    }

    @Test
    void installsNothingThatTheFileBesideItContradicts() throws Exception {
        serve("a", TestRepository.content(ARCHIVE));
        repo.at(
                "/slug/slug_a.tar.gz.sha256",
                TestRepository.content(
                        "0".repeat(64).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

        Outcome outcome = driver.pass(slug("a"));

        assertHeld(outcome, BLOCKED, PreparerReason.CHECKSUM_MISMATCH);
        assertThat(((Outcome.Held) outcome).message()).contains("slug_a.tar.gz.sha256 says 000");
        assertThat(install("a")).doesNotExist();
    }

    @Test
    void installsTheOthersWhenOneIsMissing() throws Exception {
        serve("b", TestRepository.content(ARCHIVE));

        Outcome outcome = driver.pass(slug("a", "b", "c"));

        assertHeld(outcome, ConvergenceState.BLOCKED, PreparerReason.ARTIFACT_MISSING);
        assertThat(((Outcome.Held) outcome).message())
                .isEqualTo(
                        "version a: %sslug/slug_a.tar.gz: the server answered 404; version c: %sslug/slug_c.tar.gz: the server answered 404"
                                .formatted(repo.url(), repo.url()));
        assertThat(install("b").resolve("bin/launch")).exists();
        assertThat(installs("missing")).isEqualTo(2);
    }

    @Test
    void recoversFromWhateverTheRepositoryDid() throws Exception {
        record Trouble(TestRepository.Behaviour behaviour, ConvergenceState state, Reason reason) {}
        byte[] large = large();
        byte[] evil = new RawTar().file("../evil", "x").gzipped();
        byte[] corrupt = ARCHIVE.clone();
        corrupt[corrupt.length - 6] ^= 1;
        for (Trouble trouble :
                List.of(
                        new Trouble(
                                TestRepository.status(404),
                                BLOCKED,
                                PreparerReason.ARTIFACT_MISSING),
                        new Trouble(
                                TestRepository.status(500), FAILED, PreparerReason.FETCH_FAILED),
                        new Trouble(repo.silent(), FAILED, PreparerReason.FETCH_FAILED),
                        new Trouble(
                                repo.stalling(large, large.length / 2),
                                FAILED,
                                PreparerReason.FETCH_FAILED),
                        new Trouble(
                                TestRepository.truncated(large, large.length / 2),
                                FAILED,
                                PreparerReason.FETCH_FAILED),
                        new Trouble(shortLength(large), BLOCKED, PreparerReason.CORRUPT_ARTIFACT),
                        new Trouble(
                                TestRepository.content(corrupt),
                                BLOCKED,
                                PreparerReason.CORRUPT_ARTIFACT),
                        new Trouble(
                                TestRepository.content(evil),
                                BLOCKED,
                                PreparerReason.UNSAFE_ARTIFACT))) {
            serve("a", trouble.behaviour());

            Outcome outcome = driver.pass(slug("a"));

            assertHeld(outcome, trouble.state(), trouble.reason());
            assertThat(((Outcome.Held) outcome).message()).contains("slug_a.tar.gz");
            assertThat(install("a")).doesNotExist();
            assertStagingEmpty();
        }
        serve("a", TestRepository.content(ARCHIVE));

        assertThat(driver.pass(slug("a"))).isEqualTo(Outcome.done());
        assertThat(install("a").resolve("bin/launch")).exists();
    }

    @Test
    void blocksWhileTheBasedirIsAFileAndRecovers() throws Exception {
        serve("a", TestRepository.content(ARCHIVE));
        List<Path> places =
                List.of(basedir, basedir.resolve("installs"), basedir.resolve(".staging"));
        for (Path place : places) {
            Files.createDirectories(java.util.Objects.requireNonNull(place.getParent()));
            Files.writeString(place, "a file");

            Outcome outcome = driver.pass(slug("a"));

            assertHeld(outcome, BLOCKED, PreparerReason.BASEDIR_NOT_A_DIRECTORY);
            assertThat(((Outcome.Held) outcome).message())
                    .isEqualTo(place + " must be a directory, or absent");
            assertThat(place).hasContent("a file");
            Files.delete(place);
        }
        AppIntent beneath =
                TestIntent.app(
                        "slug",
                        Files.writeString(home.resolve("file"), "x").resolve("base"),
                        Map.of("a", VersionState.ACTIVE));
        assertHeld(driver.pass(beneath), BLOCKED, PreparerReason.BASEDIR_NOT_A_DIRECTORY);
        Files.createSymbolicLink(home.resolve("dangling"), Path.of("nowhere"));
        AppIntent dangling =
                TestIntent.app("slug", home.resolve("dangling"), Map.of("a", VersionState.ACTIVE));
        assertHeld(driver.pass(dangling), BLOCKED, PreparerReason.BASEDIR_NOT_A_DIRECTORY);

        assertThat(driver.pass(slug("a"))).isEqualTo(Outcome.done());
    }

    @Test
    void clearsWhatAKilledAgentLeftAndNothingElse() throws Exception {
        serve("a", TestRepository.content(ARCHIVE));
        Path staging = basedir.resolve(".staging");
        Path orphan = Files.createDirectories(staging.resolve("slug_a.0123abcd/shut"));
        Files.writeString(orphan.resolve("f"), "x");
        Files.createSymbolicLink(orphan.resolve("l"), home.resolve("precious"));
        Files.createDirectories(home.resolve("precious/d"));
        Files.setPosixFilePermissions(orphan, java.util.Set.of());
        List<String> others =
                List.of("slug_a", "slug_a.123", "slug_a.0123ABCD", "other_a.0123abcd", "notes");
        for (String other : others) {
            Files.createDirectory(staging.resolve(other));
        }

        assertThat(driver.pass(slug("a"))).isEqualTo(Outcome.done());

        assertThat(Tree.of(staging).keySet()).containsExactlyInAnyOrderElementsOf(plus(others, ""));
        assertThat(home.resolve("precious/d")).isDirectory();
    }

    @Test
    void keepsStagingAtWhichItWorks() throws Exception {
        repo.at("/slug/slug_a.tar.gz", repo.stalling(large(), large().length / 2));
        driver = new Driver(repo.url(), Duration.ofMinutes(5), 2);
        Thread pass = Thread.ofVirtual().start(() -> passQuietly(slug("a")));
        await().until(() -> unpacking());

        assertThat(driver.plan(new Target.Assigned(slug("b"))))
                .noneMatch(step -> step.name().equals("discard"));

        pass.interrupt();
        assertThat(pass.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void leavesNothingWhenInterruptedInTheMiddle() throws Exception {
        repo.at("/slug/slug_a.tar.gz", repo.stalling(large(), large().length / 2));
        driver = new Driver(repo.url(), Duration.ofMinutes(5), 2);
        var failure = new AtomicReference<@Nullable Throwable>();
        Thread pass =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                driver.pass(slug("a"));
                            } catch (IOException | InterruptedException e) {
                                failure.set(e);
                            }
                        });
        await().until(() -> unpacking());
        long begun = System.nanoTime();

        pass.interrupt();

        assertThat(pass.join(Duration.ofSeconds(10))).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
        assertThat(install("a")).doesNotExist();
        assertStagingEmpty();
        assertThat(installs("given_up")).isEqualTo(1);
    }

    @Test
    void givesUpWhatIsNotWantedAnyMoreAndShowsHowFarItWas() throws Exception {
        repo.at("/slug/slug_a.tar.gz", repo.stalling(large(), large().length / 2));
        driver = new Driver(repo.url(), Duration.ofMinutes(5), 2);
        var recorded = new Driver.RecordedPass();
        var outcome = new AtomicReference<@Nullable Outcome>();
        Thread pass =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                outcome.set(driver.pass(slug("a"), recorded));
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        await().until(() -> !recorded.messages.isEmpty());

        recorded.superseded = true;

        assertThat(pass.join(Duration.ofSeconds(10))).isTrue();
        assertHeld(outcome.get(), ConvergenceState.CONVERGING, CommonReason.INTENT_CHANGED);
        assertThat(recorded.messages.peek()).matches("fetching a: \\d+\\.\\d MB, \\d+\\.\\d MB/s");
        assertStagingEmpty();
    }

    /** As root, or CI fails: nobody else can give a directory away. */
    @Test
    void writesNothingWhereOthersCouldSwapIt() throws Exception {
        serve("a", TestRepository.content(ARCHIVE));
        Files.createDirectories(basedir.resolve("installs"));
        Files.setAttribute(basedir, "unix:uid", 65_534);

        Outcome outcome = driver.pass(slug("a"));

        assertHeld(outcome, BLOCKED, PreparerReason.BASEDIR_UNSAFE);
        assertThat(basedir.resolve(".staging")).doesNotExist();

        Files.setAttribute(basedir, "unix:uid", 0);
        assertThat(driver.pass(slug("a"))).isEqualTo(Outcome.done());
    }

    @Test
    void finishesWhatTheNewIntentWantsAsWell() throws Exception {
        var recorded = new Driver.RecordedPass();
        recorded.superseded = true;
        serve("a", TestRepository.content(ARCHIVE)).serve("b", TestRepository.content(ARCHIVE));

        recorded.wanted = Optional.of(new Target.Assigned(slug("a", "c")));
        assertHeld(
                driver.pass(slug("a", "b"), recorded),
                ConvergenceState.CONVERGING,
                CommonReason.INTENT_CHANGED);
        assertThat(install("a").resolve("bin/launch")).exists();
        assertThat(install("b")).doesNotExist();
        assertThat(recorded.goesOnFor).isEqualTo(recorded.wanted);

        AppIntent other = TestIntent.app("slug", basedir, Map.of("b", VersionState.ACTIVE));
        recorded.wanted = Optional.of(new Target.Assigned(other));
        assertHeld(
                driver.pass(slug("b"), recorded),
                ConvergenceState.CONVERGING,
                CommonReason.INTENT_CHANGED);
        assertThat(install("b")).as("what is to be live goes first").doesNotExist();
    }

    @Test
    void fetchesManyAtOnceWithinTheBound() throws Exception {
        int apps = 12;
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var bothIn = new CountDownLatch(2);
        var tooMany = new CountDownLatch(1);
        repo.at(
                "/",
                exchange -> {
                    if (!exchange.getRequestURI().getPath().endsWith(".tar.gz")) {
                        exchange.sendResponseHeaders(404, -1);
                        return;
                    }
                    int present = now.incrementAndGet();
                    most.accumulateAndGet(present, Math::max);
                    bothIn.countDown();
                    if (present > 2) {
                        tooMany.countDown();
                    }
                    assertThat(bothIn.await(10, TimeUnit.SECONDS)).isTrue();
                    // Time enough for one too many to come, if the bound let it.
                    assertThat(tooMany.await(200, TimeUnit.MILLISECONDS)).isFalse();
                    now.decrementAndGet();
                    TestRepository.content(ARCHIVE).serve(exchange);
                });
        driver = new Driver(repo.url(), Duration.ofSeconds(20), 2);
        List<Thread> passes = new ArrayList<>();
        for (int i = 0; i < apps; i++) {
            AppIntent intent =
                    TestIntent.app(
                            "app" + i, home.resolve("app" + i), Map.of("1", VersionState.ACTIVE));
            passes.add(Thread.ofVirtual().start(() -> passQuietly(intent)));
        }

        for (Thread pass : passes) {
            assertThat(pass.join(Duration.ofSeconds(30))).isTrue();
        }

        assertThat(most).hasValue(2);
        assertThat(installs("installed")).isEqualTo(apps);
    }

    @Test
    void doesNothingForAnAppThatIsNotAssigned() throws Exception {
        Target gone = new Target.Unassigned(new AppName("slug"));

        assertThat(driver.reconciler.present()).isEmpty();
        assertThat(driver.plan(gone)).isEmpty();
    }

    private static final ConvergenceState BLOCKED = ConvergenceState.BLOCKED;
    private static final ConvergenceState FAILED = ConvergenceState.FAILED;

    private PreparerReconcilerIT serve(String version, TestRepository.Behaviour behaviour) {
        repo.at("/slug/slug_" + version + ".tar.gz", behaviour);
        return this;
    }

    private AppIntent slug(String... versions) {
        var states = new java.util.TreeMap<String, VersionState>();
        for (String version : versions) {
            states.put(version, VersionState.PREP);
        }
        return TestIntent.app("slug", basedir, states);
    }

    private Path install(String version) {
        return basedir.resolve("installs/slug_" + version);
    }

    private boolean unpacking() throws IOException {
        Path staging = basedir.resolve(".staging");
        return Files.exists(staging) && Tree.of(staging).size() > 2;
    }

    private void assertStagingEmpty() {
        Path staging = basedir.resolve(".staging");
        if (Files.exists(staging)) {
            assertThat(staging).isEmptyDirectory();
        }
    }

    private double installs(String outcome) {
        return driver.registry
                .get("platypus.preparer.install")
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private void passQuietly(AppIntent intent) {
        try {
            driver.pass(intent);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertHeld(
            @Nullable Outcome outcome, ConvergenceState state, Reason reason) {
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        var held = (Outcome.Held) outcome;
        assertThat(held.reason()).as(held.message()).isEqualTo(reason);
        assertThat(held.state()).isEqualTo(state);
    }

    /** Announces less than there is. */
    private static TestRepository.Behaviour shortLength(byte[] content) {
        return TestRepository.content(java.util.Arrays.copyOf(content, content.length / 2));
    }

    private static byte[] large() {
        byte[] noise = new byte[4_000_000];
        new Random(1).nextBytes(noise);
        return new RawTar()
                .file("first", "x".repeat(1000))
                .entry('0', "noise", "", 0644, noise)
                .gzipped();
    }

    private static List<String> plus(List<String> list, String one) {
        var all = new ArrayList<>(list);
        all.add(one);
        return all;
    }
}
