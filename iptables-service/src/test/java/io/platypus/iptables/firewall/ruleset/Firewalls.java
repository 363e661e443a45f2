package io.platypus.iptables.firewall.ruleset;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Firewalls of places, as the tests need them. */
public final class Firewalls {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Firewalls() {}

    /** One that leaves what it does not accept to the rules of others. */
    public static RulesetFirewall allowOnly(RulesetPlace place) {
        return of(place, immediately(Policy.none()));
    }

    public static RulesetFirewall of(RulesetPlace place, PolicySwitch policies) {
        return new RulesetFirewall(place, policies, _ -> {}, PATIENCE);
    }

    /** Has this policy without a trial. */
    public static PolicySwitch immediately(Policy policy) {
        return new PolicySwitch(
                policy, Optional.empty(), new Always(), InstantSource.system(), PATIENCE);
    }

    /** The world is there. */
    private record Always() implements Reachability {
        @Override
        public Optional<String> unreachable() {
            return Optional.empty();
        }

        @Override
        public String describe() {
            return "anything";
        }
    }
}
