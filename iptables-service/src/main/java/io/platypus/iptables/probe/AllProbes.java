package io.platypus.iptables.probe;

import io.platypus.iptables.firewall.ruleset.Reachability;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether each of these can be reached; asked in their order, to the first that cannot. */
public record AllProbes(List<Reachability> probes) implements Reachability {
    /** Copies what it is given. */
    public AllProbes {
        probes = List.copyOf(probes);
    }

    @Override
    public Optional<String> unreachable() throws InterruptedException {
        for (Reachability probe : probes) {
            Optional<String> why = probe.unreachable();
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    @Override
    public String describe() {
        return probes.stream().map(Reachability::describe).collect(Collectors.joining(", "));
    }
}
