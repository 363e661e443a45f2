package io.platypus.iptables.plan;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which app has which port; each has one at most. Who may come in plays no part: two apps cannot
 * listen on one port, whatever the sources are. Not for use by many threads at once.
 */
public final class PortClaims {
    /**
     * A port, or a range, that is taken.
     *
     * @param app who has it
     */
    public record Claim(AppName app, Port port) {}

    /** By the first number; no two overlap, so the last that begins before tells all. */
    private final Map<Protocol, NavigableMap<Integer, Claim>> claims =
            new EnumMap<>(Protocol.class);

    /** No port is taken. */
    public PortClaims() {
        for (Protocol protocol : Protocol.values()) {
            claims.put(protocol, new TreeMap<>());
        }
    }

    /** Whoever has one of these numbers, of this protocol; the last by number first. */
    public List<Claim> allOn(Port port) {
        List<Claim> found = new ArrayList<>();
        NavigableMap<Integer, Claim> same = of(port);
        for (Map.Entry<Integer, Claim> entry = same.floorEntry(port.last());
                entry != null && entry.getValue().port().overlaps(port);
                entry = same.lowerEntry(entry.getKey())) {
            found.add(entry.getValue());
        }
        return found;
    }

    /** Takes all of an app's ports, which must be free. */
    public void add(AppRules rules) {
        rules.ports().forEach(port -> of(port).put(port.number(), new Claim(rules.app(), port)));
    }

    /** Frees all of an app's ports. */
    public void remove(AppRules rules) {
        rules.ports().forEach(port -> of(port).remove(port.number()));
    }

    private NavigableMap<Integer, Claim> of(Port port) {
        NavigableMap<Integer, Claim> same = claims.get(port.protocol());
        if (same == null) {
            throw new IllegalStateException("no claims for " + port.protocol());
        }
        return same;
    }
}
