package io.platypus.iptables;

import io.platypus.intent.Printable;
import io.platypus.iptables.firewall.ruleset.HostRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps what belongs to the host and to no app: the policy, also where there is no app; and has all
 * apps looked at as soon as somebody changes our rules. On a thread of its own.
 */
final class RulesKeeper implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(RulesKeeper.class);

    /** What changes without end is looked at so often, not more. */
    private static final Duration CALM = Duration.ofSeconds(1);

    /**
     * How it is done.
     *
     * @param keepPolicy whether there is a policy to be kept without apps
     * @param removeOnExit whether our rules go when the agent stops
     * @param resync how long to wait for an event
     */
    record Mode(boolean keepPolicy, boolean removeOnExit, Duration resync) {}

    private final Optional<HostRules> rules;
    private final RulesEvents events;
    private final Runnable wake;
    private final Mode mode;
    private volatile Optional<Thread> thread = Optional.empty();

    /** What kept the policy from being in force the last time: told once. */
    private String told = "";

    /**
     * @param rules empty where there is nothing to keep
     */
    RulesKeeper(Optional<HostRules> rules, RulesEvents events, Runnable wake, Mode mode) {
        this.rules = rules;
        this.events = events;
        this.wake = wake;
        this.mode = mode;
    }

    @Override
    public void start() {
        thread =
                rules.map(host -> Thread.ofPlatform().name("rules-keeper").start(() -> keep(host)));
    }

    @Override
    public void stop() {
        Optional<Thread> running = thread;
        thread = Optional.empty();
        running.ifPresent(Thread::interrupt);
        try {
            if (running.isPresent()) {
                running.get().join(Duration.ofSeconds(5));
            }
            if (mode.removeOnExit() && rules.isPresent()) {
                removeAll(rules.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread.isPresent();
    }

    /** Before the loop starts, and so after it has stopped: nothing puts back what is removed. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void keep(HostRules host) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                round(host);
                events.await(mode.resync());
                TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(HostRules host) throws InterruptedException {
        try {
            if (!host.isAsLeft()) {
                log.warn("somebody changed our firewall rules; looking at every app");
                wake.run();
            }
            if (mode.keepPolicy()) {
                tell(host.keep());
            }
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            tell(Optional.of(new Trouble(IptablesReason.FIREWALL_ERROR, why)));
        }
    }

    private static void removeAll(HostRules host) throws InterruptedException {
        try {
            Optional<Trouble> trouble = host.removeAll();
            trouble.ifPresentOrElse(
                    why -> log.error("firewall rules not removed why={}", why.message()),
                    () -> log.info("firewall rules removed"));
        } catch (IOException e) {
            log.error("firewall rules not removed why={}", Printable.line(String.valueOf(e)));
        }
    }

    private void tell(Optional<Trouble> trouble) {
        String now = trouble.map(why -> why.reason() + " " + why.message()).orElse("");
        if (!now.equals(told) && !now.isEmpty()) {
            log.error("policy not in force reason={}", Printable.line(now));
        }
        told = now;
    }
}
