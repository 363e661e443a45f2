package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Present;
import io.platypus.preparer.retain.Retainer;
import io.platypus.preparer.retain.Retainer.Result;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, and says what was removed and what is kept for want of certainty. What cannot be removed
 * holds no pass: every version that is wanted is there.
 */
final class Removals {
    private static final Logger log = LoggerFactory.getLogger(Removals.class);

    private final Retainer retainer;
    private final MeterRegistry registry;
    private final Map<AppName, List<String>> told = new ConcurrentHashMap<>();

    Removals(Retainer retainer, MeterRegistry registry) {
        this.retainer = retainer;
        this.registry = registry;
    }

    /** Says once what keeps installs from being removed. */
    void seen(AppIntent intent, Installs installs) {
        List<String> obstacles =
                switch (installs) {
                    case Installs.Known(var present, _) ->
                            present.stream().flatMap(Removals::obstacle).sorted().toList();
                    case Installs.Unclear(String why) -> List.of(why);
                };
        List<String> before =
                Optional.ofNullable(told.put(intent.app(), obstacles)).orElse(List.of());
        obstacles.stream()
                .filter(why -> !before.contains(why))
                .forEach(why ->
                        log.atWarn()
                                .addKeyValue("app", intent.app())
                                .addKeyValue("reason", why)
                                .log("installs are kept that are not needed"));
    }

    /** The app is not assigned any more. */
    void forget(AppName app) {
        told.remove(app);
    }

    Outcome discard(AppIntent intent, Path staged) throws IOException {
        return ended(intent, "staging", staged, retainer.discard(staged));
    }

    Outcome remove(AppIntent intent, Version version, Pass pass)
            throws IOException, InterruptedException {
        Optional<Outcome> otherwise = pass.confirm();
        return otherwise.isPresent()
                ? otherwise.get()
                : ended(
                        intent,
                        "install",
                        intent.install(version),
                        retainer.remove(intent, version));
    }

    private Outcome ended(AppIntent intent, String kind, Path path, Result result) {
        switch (result) {
            case Result.Removed(long bytes) -> {
                count(kind, "removed");
                Counter.builder("platypus.preparer.freed.bytes")
                        .description("Bytes freed by removing installs and staging")
                        .register(registry)
                        .increment((double) bytes);
                log.atInfo()
                        .addKeyValue("app", intent.app())
                        .addKeyValue("path", path)
                        .addKeyValue("bytes", bytes)
                        .log("removed " + kind);
            }
            case Result.Kept(String why) -> failed(intent, kind, why);
            case Result.Left(String why) -> failed(intent, kind, why);
        }
        return Outcome.done();
    }

    private void failed(AppIntent intent, String kind, String why) {
        count(kind, "failed");
        log.atWarn()
                .addKeyValue("app", intent.app())
                .addKeyValue("reason", why)
                .log("not removed: " + kind);
    }

    private void count(String kind, String outcome) {
        Counter.builder("platypus.preparer.removals")
                .description("Attempts to remove an install or a leftover of staging")
                .tag("kind", kind)
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    private static Stream<String> obstacle(Present install) {
        return install.obstacle().stream().map(why -> install.path() + ": " + why);
    }
}
