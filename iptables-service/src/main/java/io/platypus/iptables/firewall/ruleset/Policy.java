package io.platypus.iptables.firewall.ruleset;

import java.time.Duration;
import java.util.Optional;

/** What becomes of a packet that no app's rule accepts. */
public sealed interface Policy {
    /** The rules of others decide. */
    record AllowOnly() implements Policy {}

    /** It is dropped, unless a fail-safe takes it. */
    record DefaultDrop(FailSafes ports) implements Policy {}

    /**
     * The wanted policy is in force for {@link #LENGTH}, then the kernel itself falls back to the
     * former one: nobody has to be alive for that.
     *
     * @param wanted what is on trial
     * @param former never a trial itself
     */
    record Trial(DefaultDrop wanted, Policy former) implements Policy {
        /** How long the kernel lets a trial last. */
        public static final Duration LENGTH = Duration.ofSeconds(30);
    }

    /** The policy of a place that has none. */
    static Policy none() {
        return new AllowOnly();
    }

    /** As people set it. */
    default String describe() {
        return switch (this) {
            case AllowOnly _ -> "allow-only";
            case DefaultDrop _ -> "default-drop";
            case Trial _ -> "default-drop, on trial";
        };
    }

    /** What is in force once any trial is over and has failed. */
    default Policy settled() {
        return this instanceof Trial trial ? trial.former() : this;
    }

    /** Whether going over to that policy may cut somebody off, who was not cut off before. */
    default boolean mayBeCutBy(Policy next) {
        return next instanceof DefaultDrop drop
                && !(settled() instanceof DefaultDrop now && drop.ports.keep(now.ports));
    }

    /** The fail-safes that this one brings, on trial or not. */
    default Optional<FailSafes> failSafes() {
        return switch (this) {
            case AllowOnly _ -> Optional.empty();
            case DefaultDrop drop -> Optional.of(drop.ports());
            case Trial trial -> Optional.of(trial.wanted().ports());
        };
    }
}
