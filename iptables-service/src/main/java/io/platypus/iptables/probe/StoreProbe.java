package io.platypus.iptables.probe;

import io.platypus.iptables.firewall.ruleset.Reachability;
import io.platypus.node.NodeReader;
import io.platypus.store.StoreException;
import java.util.Optional;

/** Whether the intent store answers a consistent reading, which takes more than this host. */
public record StoreProbe(NodeReader reader) implements Reachability {
    @Override
    public Optional<String> unreachable() throws InterruptedException {
        try {
            reader.assignments();
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of("the intent store: " + e.getMessage());
        }
    }

    @Override
    public String describe() {
        return "the intent store";
    }
}
