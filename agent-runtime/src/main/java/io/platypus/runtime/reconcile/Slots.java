package io.platypus.runtime.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Intended;
import io.platypus.intent.UnusableIntent;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeView;
import io.platypus.node.WipeGuard;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.convergence.Subject;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which apps there are and what is wanted of each: from the views of the intent, from the world,
 * and from consistent readings where apps seem to be gone. Used under the loop's lock, but for the
 * two methods that look at the world, which the loop's own thread calls without it.
 */
final class Slots {
    private static final long DOUBT_RETRY = Duration.ofSeconds(2).toNanos();

    private final ConvergenceBoard board;
    private final Clock clock;
    private final long resync;
    private final TreeMap<String, Slot> slots = new TreeMap<>();
    private Set<String> viewed = Set.of();
    private Set<AppName> present = Set.of();
    private boolean doubtful;
    private long doubtDue;
    private long lookDue = System.nanoTime();
    private boolean viewedOnce;

    Slots(ConvergenceBoard board, Clock clock, Duration resync) {
        this.board = board;
        this.clock = clock;
        this.resync = resync.toNanos();
    }

    Collection<Slot> all() {
        return slots.values();
    }

    boolean anyRunning() {
        return slots.values().stream().anyMatch(slot -> slot.running != null);
    }

    /** When there will be something to do, at the latest when the world is to be looked at. */
    long nextDue(boolean free) {
        long next = lookDue;
        for (Slot slot : slots.values()) {
            if (free && slot.running == null && slot.target != null && slot.due - next < 0) {
                next = slot.due;
            }
        }
        return doubtful && doubtDue - next < 0 ? doubtDue : next;
    }

    boolean isLookDue(long now) {
        return lookDue - now <= 0;
    }

    /**
     * Takes which apps the world shows; empty when it could not be looked at: then nothing changes.
     */
    void look(Optional<Set<AppName>> seen, long now) {
        lookDue = now + resync;
        seen.ifPresent(apps -> present = Set.copyOf(apps));
        doubtful = doubtful || (viewedOnce && !missing().isEmpty());
    }

    boolean inDoubt(long now) {
        return doubtful && doubtDue - now <= 0;
    }

    void take(NodeView view, long now) {
        viewed = view.intent().apps().keySet();
        viewedOnce = true;
        for (Intended intended : view.intent().apps().values()) {
            long index = view.indexes().getOrDefault(intended.name(), view.index());
            switch (intended) {
                case AppIntent intent -> aim(intent, index, now);
                case UnusableIntent unusable -> hold(unusable, index, now);
            }
        }
        doubtful = !missing().isEmpty();
        doubtDue = now;
        board.becomeKnown();
    }

    private void aim(AppIntent intent, long index, long now) {
        Slot slot = slot(intent.name(), now);
        Subject subject =
                new Subject(
                        intent.name(),
                        Optional.of(intent.cluster().value()),
                        intent.config().active().map(Object::toString),
                        index);
        Target target = new Target.Assigned(intent);
        boolean same = target.equals(slot.target);
        board.begin(AppStatus.pending(subject, clock.instant()));
        board.update(
                slot.name,
                status ->
                        same
                                ? status.about(subject)
                                : status.about(subject)
                                        .renewed(clock.instant())
                                        .withRetry(0, Optional.empty()));
        if (!same) {
            slot.aim(target, now);
        }
    }

    private void hold(UnusableIntent unusable, long index, long now) {
        Slot slot = slot(unusable.name(), now);
        slot.aim(null, now);
        Subject subject =
                new Subject(
                        unusable.name(),
                        unusable.cluster().map(Object::toString),
                        Optional.empty(),
                        index);
        Reason reason = CommonReason.valueOf(unusable.problem().name());
        block(slot, subject, reason, unusable.key() + ": " + unusable.message());
    }

    private void block(Slot slot, Subject subject, Reason reason, String message) {
        board.begin(AppStatus.pending(subject, clock.instant()));
        Optional<AppStatus> before = board.of(slot.name);
        board.update(
                slot.name,
                status ->
                        status.about(subject)
                                .with(ConvergenceState.BLOCKED, reason, message, clock.instant())
                                .withPlan(List.of())
                                .withRetry(0, Optional.empty()));
        before.ifPresent(was -> board.of(slot.name).ifPresent(is -> PassLog.changed(was, is)));
    }

    /** Unassigns what a consistent reading takes away, or holds everything where it looks lost. */
    void judge(NodeReader.Assignments now, long nanos) {
        Set<String> known = known();
        switch (WipeGuard.judge(known, now.apps(), now.sentinel())) {
            case WipeGuard.Verdict.Unassigned(var gone) -> {
                gone.forEach(name -> retire(name, nanos));
                doubtful = !missing().isEmpty();
                doubtDue = nanos + DOUBT_RETRY;
            }
            case WipeGuard.Verdict.Suspicious(var gone) -> {
                gone.forEach(name -> guard(name, nanos, gone.size(), known.size()));
                doubtDue = nanos + resync;
            }
        }
    }

    void stillInDoubt(String why, long nanos) {
        doubtDue = nanos + DOUBT_RETRY;
        for (String name : missing()) {
            board.update(
                    name,
                    status ->
                            status.with(
                                    ConvergenceState.CONVERGING,
                                    CommonReason.STORE_UNREACHABLE,
                                    "seems to be unassigned; kept until the store confirms: " + why,
                                    clock.instant()));
        }
    }

    private void retire(String name, long now) {
        Slot slot = slot(name, now);
        AppName app;
        try {
            app = new AppName(name);
        } catch (IllegalArgumentException e) {
            forget(slot);
            return;
        }
        slot.aim(new Target.Unassigned(app), now);
        board.begin(AppStatus.pending(subject(name), clock.instant()));
        board.update(name, status -> status.renewed(clock.instant()));
    }

    private void guard(String name, long now, int gone, int known) {
        Slot slot = slot(name, now);
        slot.aim(null, now);
        block(
                slot,
                subject(name),
                CommonReason.WIPE_GUARD,
                gone
                        + " of "
                        + known
                        + " apps are gone from this node's intent, and so is its sentinel .node:"
                        + " nothing is stopped or removed. Write the sentinel (a JSON object) if"
                        + " this is meant, or restore the intent");
    }

    private Subject subject(String name) {
        return board.of(name)
                .map(AppStatus::subject)
                .orElseGet(() -> new Subject(name, Optional.empty(), Optional.empty(), 0));
    }

    void forget(Slot slot) {
        slots.remove(slot.name);
        present =
                present.stream()
                        .filter(app -> !app.value().equals(slot.name))
                        .collect(Collectors.toUnmodifiableSet());
        board.forget(slot.name);
        PassLog.gone(slot.name);
    }

    private Slot slot(String name, long now) {
        return slots.computeIfAbsent(name, app -> new Slot(app, now));
    }

    /** Assigned before, or to be seen in the world; but for those already given up. */
    private Set<String> known() {
        Set<String> known = new HashSet<>();
        present.forEach(app -> known.add(app.value()));
        slots.values().forEach(slot -> known.add(slot.name));
        slots.values().stream().filter(Slot::isRetiring).forEach(slot -> known.remove(slot.name));
        return known;
    }

    private Set<String> missing() {
        Set<String> missing = known();
        missing.removeAll(viewed);
        return missing;
    }
}
