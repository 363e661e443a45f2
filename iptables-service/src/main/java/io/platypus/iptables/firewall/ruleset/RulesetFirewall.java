package io.platypus.iptables.firewall.ruleset;

import io.platypus.intent.AppName;
import io.platypus.intent.Printable;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.Turns;
import io.platypus.iptables.firewall.ruleset.PolicySwitch.Decision;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apps' rules in one place, which is read as a whole and changed in one step.
 *
 * <p>A change starts from what was last seen or written, so that a thousand passes do not read the
 * place a thousand times; the place refuses a change that does not fit, and then it is read again.
 * Nothing else is remembered: a restarted agent that has seen one app only never takes the others'
 * ports away.
 */
public final class RulesetFirewall implements Firewall, HostRules {
    private static final Logger log = LoggerFactory.getLogger(RulesetFirewall.class);

    /** A reading or a change of a thousand apps takes thirty times as long. */
    private static final Duration GATHERING = Duration.ofMillis(3);

    private final RulesetPlace place;
    private final PolicySwitch policies;
    private final Consumer<Ruleset> watcher;
    private final Turns<String, Reading> readings;
    private final Turns<List<AppRules>, Answers> changes;

    /** What is there as far as is known: last read, or written by us since. */
    private final Remembered last = new Remembered();

    /** What our last change left there. */
    private final Remembered left = new Remembered();

    /** How a turn ended for each app, and for the host as a whole. */
    private record Answers(Map<AppName, Applied> apps, Optional<Trouble> trouble) {}

    /**
     * @param watcher told what each reading found
     * @param patience how long one call may wait for those before it
     */
    public RulesetFirewall(
            RulesetPlace place,
            PolicySwitch policies,
            Consumer<Ruleset> watcher,
            Duration patience) {
        this.place = place;
        this.policies = policies;
        this.watcher = watcher;
        readings = new Turns<>(patience, GATHERING, _ -> read());
        changes =
                new Turns<>(
                        patience,
                        GATHERING,
                        asked -> change(asked.stream().flatMap(List::stream).toList()));
    }

    @Override
    public Set<AppName> present() throws IOException, InterruptedException {
        return switch (readings.ask("all apps")) {
            case Reading.Known known -> known.ruleset().apps().keySet();
            case Reading.Unavailable unavailable ->
                    throw new IOException(unavailable.trouble().message());
        };
    }

    @Override
    public Observed observe(AppName app) throws IOException, InterruptedException {
        return switch (readings.ask(app.value())) {
            case Reading.Known known -> observed(known.ruleset(), app);
            case Reading.Unavailable unavailable -> new Observed.Unavailable(unavailable.trouble());
        };
    }

    @Override
    public Applied apply(AppRules rules) throws IOException, InterruptedException {
        Applied applied = changes.ask(List.of(rules)).apps().get(rules.app());
        if (applied == null) {
            throw new IllegalStateException("no answer for " + rules.app());
        }
        return applied;
    }

    @Override
    public Optional<Trouble> keep() throws IOException, InterruptedException {
        return changes.ask(List.of()).trouble();
    }

    @Override
    public boolean isAsLeft() throws IOException, InterruptedException {
        Optional<Ruleset> before = left.get();
        long changes = left.changes();
        if (!(readings.ask("drift") instanceof Reading.Known now)) {
            return true;
        }
        left.see(changes, now.ruleset());
        return before.isEmpty() || before.get().isAs(now.ruleset());
    }

    @Override
    public Optional<Trouble> removeAll() throws IOException, InterruptedException {
        return switch (place.read()) {
            case Reading.Unavailable unavailable -> Optional.of(unavailable.trouble());
            case Reading.Known known when !known.ruleset().exists() -> Optional.empty();
            case Reading.Known known ->
                    switch (place.write(known.ruleset(), Ruleset.ABSENT)) {
                        case Written.Done _ -> Optional.empty();
                        case Written.Outdated outdated -> Optional.of(outdated.trouble());
                        case Written.Refused refused -> Optional.of(refused.trouble());
                    };
        };
    }

    private Reading read() throws IOException, InterruptedException {
        long changes = last.changes();
        Reading reading = place.read();
        if (reading instanceof Reading.Known known) {
            last.see(changes, known.ruleset());
            watcher.accept(known.ruleset());
        }
        return reading;
    }

    /** What is stray is drift for every app that has rules; who has none has nothing to repair. */
    private Observed observed(Ruleset ruleset, AppName app) {
        AppRules rules = ruleset.of(app);
        Optional<String> drift = ruleset.strays().stream().findFirst();
        if (drift.isEmpty() && !ruleset.policy().equals(policies.wanted())) {
            drift =
                    Optional.of(
                            "the policy is "
                                    + ruleset.policy().describe()
                                    + " in place of "
                                    + policies.wanted().describe()
                                    + ", or has other fail-safes");
        }
        return new Observed.Found(rules, rules.isEmpty() ? Optional.empty() : drift);
    }

    private Answers change(List<AppRules> asked) throws IOException, InterruptedException {
        Optional<Ruleset> known = last.get();
        if (known.isPresent() && canStartFrom(known.get())) {
            Change change = Change.of(known.get(), asked);
            if (!change.after().isAs(known.get())
                    && place.write(known.get(), change.after()) instanceof Written.Done) {
                leave(change.after());
                return new Answers(change.answers(), Optional.empty());
            }
        }
        // There is nothing to do, if what was known is still so; or it is not.
        return switch (place.read()) {
            case Reading.Known seen -> change(seen.ruleset(), asked);
            case Reading.Unavailable unavailable ->
                    new Answers(
                            Change.refusal(asked, unavailable.trouble()),
                            Optional.of(unavailable.trouble()));
        };
    }

    /** What has to be replaced as a whole is read right before. */
    private boolean canStartFrom(Ruleset ruleset) {
        return ruleset.strays().isEmpty() && ruleset.policy().equals(policies.wanted());
    }

    private Answers change(Ruleset before, List<AppRules> asked)
            throws IOException, InterruptedException {
        last.set(before);
        Change change = Change.of(before, asked);
        Optional<Trouble> trouble =
                switch (policies.decide(before.policy())) {
                    case Decision.Have have -> write(before, change.after(), have.policy());
                    case Decision.Averted averted ->
                            write(before, change.after(), averted.former())
                                    .or(() -> Optional.of(averted.trouble()));
                    case Decision.Try attempt -> attempt(before, change.after(), attempt.trial());
                };
        before.strays()
                .forEach(stray ->
                        log.warn("not ours in firewall, replaced what={}", Printable.of(stray)));
        return new Answers(trouble.map(change::refusedFor).orElseGet(change::answers), trouble);
    }

    private Optional<Trouble> attempt(Ruleset before, Ruleset after, Policy.Trial trial)
            throws IOException, InterruptedException {
        log.info(
                "policy on trial policy={} seconds={}",
                trial.wanted().describe(),
                Policy.Trial.LENGTH.toSeconds());
        Optional<Trouble> failure = write(before, after, trial);
        if (failure.isPresent()) {
            return failure;
        }
        Optional<Trouble> lockout = policies.confirm();
        Policy then = lockout.isPresent() ? trial.former() : trial.wanted();
        lockout.ifPresent(trouble -> log.error("lockout averted why={}", trouble.message()));
        // Read for the counters; what became of it meanwhile is the next pass's matter.
        return switch (place.read()) {
            case Reading.Unavailable unavailable -> Optional.of(unavailable.trouble());
            case Reading.Known seen -> write(seen.ruleset(), after, then).or(() -> lockout);
        };
    }

    private Optional<Trouble> write(Ruleset before, Ruleset after, Policy policy)
            throws IOException, InterruptedException {
        Ruleset wanted =
                new Ruleset(
                        before.exists(),
                        after.apps(),
                        policy,
                        before.traffic(),
                        List.of(),
                        before.sound());
        if (wanted.needsNoPlace() ? !before.exists() : wanted.isAs(before)) {
            return Optional.empty();
        }
        return switch (place.write(before, wanted)) {
            case Written.Done _ -> {
                leave(wanted);
                yield Optional.empty();
            }
            case Written.Outdated outdated -> Optional.of(outdated.trouble());
            case Written.Refused refused -> Optional.of(refused.trouble());
        };
    }

    private void leave(Ruleset written) {
        last.set(written.written());
        left.set(written.written());
    }
}
