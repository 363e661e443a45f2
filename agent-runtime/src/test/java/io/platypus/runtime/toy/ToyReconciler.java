package io.platypus.runtime.toy;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.runtime.convergence.Progress;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Keeps one file for each app, {@code <world>/<app>}, that holds its active version. Faults are
 * asked for by {@code user_config}: {@code {"act": "hang"}} and so on.
 */
public final class ToyReconciler implements Reconciler<Optional<String>, ToyStep> {
    private final Path world;
    private final CountDownLatch never = new CountDownLatch(1);

    /** How many steps are being taken, and the most that ever were at once. */
    public final AtomicInteger acting = new AtomicInteger();

    public final AtomicInteger mostActing = new AtomicInteger();
    public final AtomicInteger observed = new AtomicInteger();
    public final AtomicInteger acted = new AtomicInteger();

    public ToyReconciler(Path world) {
        this.world = world;
    }

    @Override
    public Set<AppName> present() throws IOException {
        try (var files = Files.list(world)) {
            return files.map(file -> new AppName(String.valueOf(file.getFileName())))
                    .collect(Collectors.toSet());
        }
    }

    @Override
    public Optional<String> observe(Target target) throws IOException, InterruptedException {
        observed.incrementAndGet();
        if (fault(target, "observe").equals("hang")) {
            never.await();
        }
        try {
            return Optional.of(Files.readString(world.resolve(target.app().value())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<ToyStep> plan(Target target, Optional<String> seen, Instant now) {
        return switch (target) {
            case Target.Assigned(AppIntent intent) ->
                    intent.config()
                            .active()
                            .filter(active -> !seen.equals(Optional.of(active.value())))
                            .map(active ->
                                    List.<ToyStep>of(new ToyStep.WriteVersion(active.value())))
                            .orElse(List.of());
            case Target.Unassigned _ ->
                    seen.isPresent() ? List.of(new ToyStep.Remove()) : List.of();
        };
    }

    @Override
    public String remark(Target target) {
        return fault(target, "remark");
    }

    @Override
    public Outcome act(Target target, ToyStep step, Pass pass)
            throws IOException, InterruptedException {
        acted.incrementAndGet();
        mostActing.accumulateAndGet(acting.incrementAndGet(), Math::max);
        try {
            return switch (step) {
                case ToyStep.WriteVersion(String version) -> write(target, version, pass);
                case ToyStep.Remove _ -> remove(target, pass);
            };
        } finally {
            acting.decrementAndGet();
        }
    }

    private Outcome remove(Target target, Pass pass) throws IOException, InterruptedException {
        Optional<Outcome> otherwise = pass.confirm();
        if (otherwise.isPresent()) {
            return otherwise.get();
        }
        Files.delete(world.resolve(target.app().value()));
        return Outcome.done();
    }

    private Outcome write(Target target, String version, Pass pass)
            throws IOException, InterruptedException {
        switch (fault(target, "act")) {
            case "hang" -> never.await();
            case "deaf" -> hangDeaf();
            case "io" -> throw new NoSuchFileException("/toy/\u001b[31mred");
            case "defect" -> throw new IllegalStateException("a toy's defect");
            case "error" -> throw new StackOverflowError("a toy's error");
            case "interrupt" -> throw new InterruptedException("by nobody");
            case "undone" -> {
                return Outcome.done();
            }
            case "block" -> {
                return Outcome.blocked(ToyReason.TOY_BLOCKED, "a toy is in the way");
            }
            case "fail" -> {
                return Outcome.failed(ToyReason.TOY_FAILED, "a toy broke");
            }
            case "wait" -> {
                return Outcome.waiting(
                        ToyReason.WAITING_FOR_TOY, "no toy yet", Duration.ofMillis(50));
            }
            case "patience" -> {
                while (!pass.superseded()) {
                    if (never.await(5, TimeUnit.MILLISECONDS)) {
                        throw new AssertionError("never");
                    }
                }
                pass.progress("a late word");
                return Outcome.waiting(
                        ToyReason.WAITING_FOR_TOY, "superseded", Duration.ofHours(1));
            }
            case "endure" -> endure(pass);
            case "confirm" -> {
                Optional<Outcome> otherwise = pass.confirm();
                if (otherwise.isPresent()) {
                    return otherwise.get();
                }
            }
            default -> {}
        }
        Files.writeString(world.resolve(target.app().value()), version);
        return Outcome.done();
    }

    /** Long work that serves every later target as well, until nothing more can be told of one. */
    private void endure(Pass pass) throws InterruptedException {
        Optional<Target> wanted = pass.wanted();
        while (wanted.isPresent() && !never.await(5, TimeUnit.MILLISECONDS)) {
            if (pass.superseded()) {
                pass.goOnFor(wanted.get());
            }
            pass.progress("enduring", Progress.of(30, OptionalLong.of(100), 10));
            wanted = pass.wanted();
        }
    }

    /** As code that does not know of interrupts. */
    private void hangDeaf() {
        boolean ended = false;
        while (!ended) {
            try {
                never.await();
                ended = true;
            } catch (InterruptedException e) {
                ended = false;
            }
        }
    }

    private static String fault(Target target, String where) {
        return target instanceof Target.Assigned(AppIntent intent)
                ? intent.config()
                        .userConfig()
                        .filter(text -> text.startsWith("{\"" + where + "\":"))
                        .map(text -> text.split("\"", -1)[3])
                        .orElse("")
                : "";
    }
}
