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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Which apps there are and what is wanted of each: from the views of the intent, from the world,
 * and from consistent readings where apps seem to be gone. Used under the loop's lock. It is longer
 * than other files because every rule here is about the same few sets.
 */
final class Slots {
    /** A directory tree that is being removed or exchanged is no unassignment while it lasts. */
    private static final long DOUBT_DELAY = Duration.ofMillis(500).toNanos();

    private static final long DOUBT_RETRY = Duration.ofSeconds(2).toNanos();
    private static final Duration SHORTEST_OVERDUE = Duration.ofMinutes(1);

    private final ConvergenceBoard board;
    private final Clock clock;
    private final long resync;
    private final TreeMap<String, Slot> slots = new TreeMap<>();

    /** The apps of the latest view. */
    private Set<String> viewed = Set.of();

    /** The apps of the latest view that nothing was missing from: what a loss is measured by. */
    private Set<String> settled = Set.of();

    /** The apps that the world shows. */
    private final Map<String, AppStatus> told = new HashMap<>();

    private Set<String> present = Set.of();

    private boolean viewedOnce;
    private boolean doubtful;
    private long doubtDue;
    private long lookDue = System.nanoTime();

    Slots(ConvergenceBoard board, Clock clock, Duration resync) {
        this.board = board;
        this.clock = clock;
        this.resync = resync.toNanos();
    }

    Collection<Slot> all() {
        return slots.values();
    }

    /** When the next pass is due; much later when there is none. */
    long nextDue(long now) {
        long next = now + Duration.ofDays(1).toNanos();
        for (Slot slot : slots.values()) {
            if (slot.isWaiting() && slot.due - next < 0) {
                next = slot.due;
            }
        }
        return next;
    }

    /** The slot that has been due for longest, if any is due. */
    Optional<Slot> longestDue(long now) {
        Slot longest = null;
        for (Slot slot : slots.values()) {
            if (slot.isWaiting()
                    && slot.due - now <= 0
                    && (longest == null || slot.due - longest.due < 0)) {
                longest = slot;
            }
        }
        return Optional.ofNullable(longest);
    }

    /** When the world or the store is to be looked at. */
    long scoutDue() {
        return doubtful && doubtDue - lookDue < 0 ? doubtDue : lookDue;
    }

    boolean isLookDue(long now) {
        return lookDue - now <= 0;
    }

    boolean isDoubtDue(long now) {
        return doubtful && doubtDue - now <= 0;
    }

    /**
     * Takes which apps the world shows; empty when it could not be looked at: then nothing changes.
     */
    void look(Optional<Set<AppName>> seen, long now) {
        lookDue = now + resync;
        if (seen.isPresent()) {
            Set<String> names = new HashSet<>();
            seen.get().forEach(app -> names.add(app.value()));
            present = names;
        }
        if (!doubtful && viewedOnce && !missing().isEmpty()) {
            doubtful = true;
            doubtDue = now;
        }
    }

    /** Says so of every pass that has run for too long. */
    void showOverdue(long now) {
        slots.values().forEach(slot -> showOverdue(slot, now));
    }

    /** A pass that hangs before its first step would be shown as converged for ever. */
    private void showOverdue(Slot slot, long now) {
        long overdue = Math.max(resync, SHORTEST_OVERDUE.toNanos());
        if (slot.running != null && now - slot.begun > overdue) {
            board.update(
                    slot.name,
                    status ->
                            status.converged()
                                    ? status.with(
                                            ConvergenceState.CONVERGING,
                                            CommonReason.PASS_OVERDUE,
                                            "a pass without work has not ended for "
                                                    + Duration.ofNanos(now - slot.begun).toSeconds()
                                                    + " s: does a disk or a command hang?",
                                            clock.instant())
                                    : status);
        }
    }

    void take(NodeView view, long now) {
        viewed = Set.copyOf(view.intent().apps().keySet());
        viewedOnce = true;
        for (Intended intended : view.intent().apps().values()) {
            long index = view.indexes().getOrDefault(intended.name(), view.index());
            switch (intended) {
                case AppIntent intent -> aim(intent, index, now);
                case UnusableIntent unusable -> hold(unusable, index, now);
            }
        }
        forgetNameless();
        boolean doubted = doubtful;
        settle();
        doubtDue = doubted && doubtDue - now < DOUBT_DELAY ? doubtDue : now + DOUBT_DELAY;
        board.becomeKnown();
    }

    private void settle() {
        doubtful = !missing().isEmpty();
        if (!doubtful) {
            settled = viewed;
        }
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
        if (target.equals(slot.target)) {
            board.update(slot.name, status -> status.about(subject));
        } else {
            slot.aim(target, now);
            renew(subject, "new intent was read; waiting for its pass");
        }
    }

    /** What was converged before is not any more, from the moment that other intent is known. */
    private void renew(Subject subject, String message) {
        if (board.of(subject.app()).isEmpty()) {
            board.begin(AppStatus.pending(subject, clock.instant()));
            return;
        }
        show(
                subject.app(),
                status ->
                        status.about(subject)
                                .renewed(clock.instant())
                                .with(
                                        ConvergenceState.CONVERGING,
                                        CommonReason.INTENT_CHANGED,
                                        message,
                                        clock.instant())
                                .withPlan(List.of())
                                .withRetry(0, Optional.empty()));
    }

    private void hold(UnusableIntent unusable, long index, long now) {
        slot(unusable.name(), now).aim(null, now);
        Subject subject =
                new Subject(
                        unusable.name(),
                        unusable.cluster().map(Object::toString),
                        Optional.empty(),
                        index);
        Reason reason = CommonReason.valueOf(unusable.problem().name());
        stall(
                subject,
                ConvergenceState.BLOCKED,
                reason,
                unusable.key() + ": " + unusable.message());
    }

    private void stall(Subject subject, ConvergenceState state, Reason reason, String message) {
        board.begin(AppStatus.pending(subject, clock.instant()));
        show(
                subject.app(),
                status ->
                        status.about(subject)
                                .with(state, reason, message, clock.instant())
                                .withPlan(List.of())
                                .withRetry(0, Optional.empty()));
    }

    /** Changes a status, and logs it where it differs from what was logged of the app before. */
    void show(String name, UnaryOperator<AppStatus> change) {
        Optional<AppStatus> before = board.of(name);
        board.update(name, change);
        Optional<AppStatus> after = board.of(name);
        if (before.isPresent() && after.isPresent()) {
            PassLog.changed(told.getOrDefault(name, before.get()), after.get());
            told.put(name, after.get());
        }
    }

    /** Unassigns what a consistent reading takes away, or holds everything where it looks lost. */
    void judge(NodeReader.Assignments now, long nanos) {
        // A view that came after the reading knows better what is assigned than the reading does.
        Set<String> gone = missing();
        gone.removeAll(now.apps());
        Set<String> before = new HashSet<>(settled);
        // What is assigned now and came later must not make a loss of the others look small.
        before.addAll(present);
        before.removeIf(name -> now.apps().contains(name) && !settled.contains(name));
        before.addAll(gone);
        slots.values().stream().filter(Slot::isRetiring).forEach(slot -> before.remove(slot.name));
        switch (WipeGuard.judge(before, now.apps(), now.sentinel())) {
            case WipeGuard.Verdict.Unassigned _ -> {
                gone.forEach(name -> retire(name, nanos));
                settle();
                doubtDue = nanos + DOUBT_RETRY;
            }
            case WipeGuard.Verdict.Suspicious(var lost) -> {
                gone.forEach(name -> guard(name, nanos, lost.size(), before.size()));
                doubtDue = nanos + resync;
            }
        }
    }

    /**
     * An app that seems to be gone is neither worked on nor removed while nobody can tell; it goes
     * on being shown as what it is blocked by, if it is.
     */
    void stillInDoubt(String why, long nanos) {
        doubtDue = nanos + DOUBT_RETRY;
        for (String name : missing()) {
            Slot slot = slot(name, nanos);
            if (slot.target != null || board.of(name).isEmpty()) {
                slot.aim(null, nanos);
                stall(
                        subject(name),
                        ConvergenceState.CONVERGING,
                        CommonReason.STORE_UNREACHABLE,
                        "seems to be unassigned; kept until the store confirms: " + why);
            }
        }
    }

    private void retire(String name, long now) {
        slot(name, now).aim(new Target.Unassigned(new AppName(name)), now);
        renew(subject(name), "not assigned to this node any more");
    }

    private void guard(String name, long now, int gone, int before) {
        slot(name, now).aim(null, now);
        stall(
                subject(name),
                ConvergenceState.BLOCKED,
                CommonReason.WIPE_GUARD,
                gone
                        + " of "
                        + before
                        + " apps are gone from this node's intent, and it has no sentinel .node:"
                        + " nothing is stopped or removed. Restore the intent, or write the"
                        + " sentinel (a JSON object of strings) if this is meant");
    }

    private Subject subject(String name) {
        return board.of(name)
                .map(AppStatus::subject)
                .orElseGet(() -> new Subject(name, Optional.empty(), Optional.empty(), 0));
    }

    void forget(Slot slot) {
        slots.remove(slot.name);
        told.remove(slot.name);
        present = without(present, slot.name);
        settled = without(settled, slot.name);
        board.forget(slot.name);
        PassLog.gone(slot.name);
    }

    /** A name that no app can have never had anything on this node that could be lost. */
    private void forgetNameless() {
        for (Slot slot : List.copyOf(slots.values())) {
            if (!viewed.contains(slot.name) && !isAppName(slot.name)) {
                forget(slot);
            }
        }
    }

    private static boolean isAppName(String name) {
        try {
            return new AppName(name).value().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Set<String> without(Set<String> names, String name) {
        Set<String> rest = new HashSet<>(names);
        rest.remove(name);
        return rest;
    }

    private Slot slot(String name, long now) {
        return slots.computeIfAbsent(name, app -> new Slot(app, now));
    }

    /** Assigned before, or to be seen in the world, and not in the latest view. */
    private Set<String> missing() {
        Set<String> missing = new TreeSet<>(present);
        missing.addAll(slots.keySet());
        slots.values().stream().filter(Slot::isRetiring).forEach(slot -> missing.remove(slot.name));
        missing.removeAll(viewed);
        return missing;
    }
}
