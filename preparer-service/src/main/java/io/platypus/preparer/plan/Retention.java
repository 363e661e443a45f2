package io.platypus.preparer.plan;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which installs of an app stay: those that are needed, and the newest others up to a count and an
 * age. Needed is what intent lists, and what {@code current} and {@code last} lead to.
 *
 * @param keep how many installs stay in all, needed ones included; these stay also if they are more
 * @param keepFor the age at which one that is not needed goes, however few there are
 */
public record Retention(int keep, Optional<Duration> keepFor) {
    private static final Comparator<Present> NEWEST_FIRST =
            Comparator.comparing(Present::since).thenComparing(Present::version).reversed();

    /**
     * @throws IllegalArgumentException if the count is below 1 or the age is not positive
     */
    public Retention {
        if (keep < 1) {
            throw new IllegalArgumentException("platypus.preparer.keep must be 1 or more");
        }
        if (keepFor.filter(age -> !age.isPositive()).isPresent()) {
            throw new IllegalArgumentException("platypus.preparer.keep-for must be positive");
        }
    }

    /**
     * The plan with what is to be removed: after the installs, unless these were held the last time
     * and would keep it back for ever. Only an app that is short of room counts what is still to be
     * installed as if it were there, to make room for it.
     */
    public List<PrepareStep> with(
            List<PrepareStep> plan, AppIntent intent, Installs installs, Instant now) {
        if (!(installs
                instanceof Installs.Known(List<Present> present, Installs.LastTry lastTry))) {
            return plan;
        }
        Set<Version> wanted = intent.config().versions().keySet();
        long coming = lastTry == Installs.LastTry.NO_ROOM ? missing(wanted, present) : 0;
        List<PrepareStep> steps = new ArrayList<>(plan);
        int at =
                lastTry == Installs.LastTry.WELL
                        ? steps.size()
                        : (int) steps.stream().takeWhile(Retention::isDiscard).count();
        steps.addAll(at, removals(wanted, present, coming, now));
        return List.copyOf(steps);
    }

    /** What goes as soon as nothing is in its way: the oldest first. */
    public List<Present> excess(
            Set<Version> wanted, List<Present> present, long coming, Instant now) {
        List<Present> others =
                present.stream()
                        .filter(install -> !isNeeded(install, wanted))
                        .sorted(NEWEST_FIRST)
                        .toList();
        long room = Math.max(0, keep - (present.size() - others.size()) - coming);
        List<Present> excess = new ArrayList<>();
        for (Present install : others.reversed()) {
            boolean beyond = others.size() - excess.size() > room;
            if (beyond || isTooOld(install, now)) {
                excess.add(install);
            }
        }
        return List.copyOf(excess);
    }

    private List<PrepareStep> removals(
            Set<Version> wanted, List<Present> present, long coming, Instant now) {
        return excess(wanted, present, coming, now).stream()
                .filter(install -> install.obstacle().isEmpty())
                .<PrepareStep>map(
                        install -> new PrepareStep.Remove(install.version(), install.path()))
                .toList();
    }

    private static boolean isNeeded(Present install, Set<Version> wanted) {
        return wanted.contains(install.version()) || !install.links().isEmpty();
    }

    private boolean isTooOld(Present install, Instant now) {
        Duration age = Duration.between(install.since(), now);
        return keepFor.filter(most -> age.compareTo(most) > 0).isPresent();
    }

    private static long missing(Set<Version> wanted, List<Present> present) {
        return wanted.stream()
                .filter(version -> present.stream().noneMatch(is -> is.version().equals(version)))
                .count();
    }

    private static boolean isDiscard(PrepareStep step) {
        return step instanceof PrepareStep.Discard;
    }
}
