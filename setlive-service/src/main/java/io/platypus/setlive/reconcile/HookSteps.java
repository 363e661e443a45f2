package io.platypus.setlive.reconcile;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.activation.Definitions;
import io.platypus.setlive.activation.HookLedger;
import io.platypus.setlive.activation.Links;
import io.platypus.setlive.plan.Hook;
import io.platypus.setlive.plan.Link;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.program.InstallProgram;
import io.platypus.setlive.program.InstallProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs the hooks of an artifact. Each has as long as what it belongs to: {@code bin/disable} the
 * grace of a stop, the others the time-out of a start.
 */
public final class HookSteps {
    private static final Logger log = LoggerFactory.getLogger(HookSteps.class);

    private final HookLedger ledger;
    private final MeterRegistry registry;

    /** Remembers here what was run, and counts there. */
    public HookSteps(HookLedger ledger, MeterRegistry registry) {
        this.ledger = ledger;
        this.registry = registry;
        for (Hook hook : Hook.values()) {
            timer(hook, "succeeded");
            timer(hook, "failed");
        }
    }

    private Timer timer(Hook hook, String outcome) {
        return Timer.builder("platypus.setlive.hook")
                .description("runs of the hooks in artifacts")
                .tag("hook", hook.lowerCase())
                .tag("outcome", outcome)
                .register(registry);
    }

    /** How the hooks of this install stand that its activation may fail by. */
    Hook.States states(AppName app, Path install) throws IOException {
        return new Hook.States(
                state(app, Hook.POST_ACTIVATE, install), state(app, Hook.ENABLE, install));
    }

    private Hook.State state(AppName app, Hook hook, Path install) throws IOException {
        if (!isIn(install, hook)) {
            return Hook.State.ABSENT;
        }
        return ledger.isDone(app, hook, install) ? Hook.State.DONE : Hook.State.DUE;
    }

    /** Something that is there and cannot be run is a hook that fails, not none. */
    private static boolean isIn(Path install, Hook hook) {
        return Files.exists(install.resolve(hook.command()), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@code current} is about to name another install: what was done for it is no more. */
    void beforeFlip(AppName app) throws IOException {
        ledger.strike(app, Hook.POST_ACTIVATE);
    }

    /** An instance is about to be stopped or started. */
    void beforeChange(AppName app) throws IOException {
        ledger.strike(app, Hook.ENABLE);
    }

    /** The app is not this node's any more. */
    void forget(AppName app) throws IOException {
        ledger.forget(app);
    }

    /** Runs one of the hooks that an activation may fail by. */
    Outcome run(Hook hook, AppIntent intent, Version version, Pass pass)
            throws IOException, InterruptedException {
        Path install = intent.install(version);
        Optional<String> failure = run(hook, intent, install, pass);
        if (failure.isPresent()) {
            return Outcome.failed(
                    SetliveReason.HOOK_FAILED, "version " + version + ": " + failure.get());
        }
        ledger.enter(intent.app(), hook, install);
        return Outcome.done();
    }

    /**
     * Lets the live instance take itself out of use; a failure is logged and changes nothing.
     *
     * @return whether there was a hook for that
     */
    boolean disable(AppIntent intent, Pass pass) throws IOException, InterruptedException {
        beforeChange(intent.app());
        Path basedir = intent.deploy().basedir();
        if (!(new Links(basedir).current() instanceof Link.To(Path live))
                || !basedir.resolve("installs").equals(live.getParent())
                || !isIn(live, Hook.DISABLE)) {
            return false;
        }
        Optional<String> failure = run(Hook.DISABLE, intent, live, pass);
        failure.ifPresent(message -> pass.progress("stopped all the same: " + message));
        return true;
    }

    /** Why it failed, if it did. */
    private Optional<String> run(Hook hook, AppIntent intent, Path install, Pass pass)
            throws InterruptedException {
        pass.progress(hook.command() + " runs");
        var program = new InstallProgram(install, hook.command(), Definitions.of(intent));
        long began = System.nanoTime();
        Result result;
        try {
            result = program.run(limit(hook, intent.deploy().run()));
        } catch (IOException e) {
            result = new Result.Failed(hook.command() + " could not be run: " + e.getMessage());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        return switch (result) {
            case Result.Succeeded(String output) -> {
                timer(hook, "succeeded").record(took);
                tell(Level.INFO, "hook succeeded", hook, install, output);
                yield Optional.empty();
            }
            case Result.Failed(String message) -> {
                timer(hook, "failed").record(took);
                tell(Level.WARN, "hook failed", hook, install, message);
                yield Optional.of(message);
            }
        };
    }

    private static Duration limit(Hook hook, RunPolicy run) {
        return switch (hook) {
            case DISABLE -> run.stopGrace();
            case POST_ACTIVATE, ENABLE -> run.startTimeout();
        };
    }

    private static void tell(Level level, String what, Hook hook, Path install, String output) {
        log.atLevel(level)
                .addKeyValue("install", install)
                .addKeyValue("hook", hook.command())
                .addKeyValue("output", output)
                .log(what);
    }
}
