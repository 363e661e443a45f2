package io.platypus.node;

import java.util.Set;
import java.util.TreeSet;

/**
 * Tells an operator's change from a loss of intent. With ACLs on, Consul answers an expired policy
 * with <em>empty</em>, not with an error; its predecessor's operators lost running services so.
 */
public final class WipeGuard {
    private WipeGuard() {}

    /** What a reading takes away. */
    public sealed interface Verdict {
        /** These apps are not wanted any more; perhaps none. */
        record Unassigned(Set<String> apps) implements Verdict {}

        /** So much is gone, without the sentinel, that it may be a loss: nothing is unassigned. */
        record Suspicious(Set<String> apps) implements Verdict {}
    }

    /**
     * Judges one consistent reading of a node's assignments.
     *
     * @param known the apps that were assigned before, or of which the world shows something
     * @param assigned the apps that this reading shows, valid or not
     * @param sentinel whether the node's sentinel is in the same reading
     */
    public static Verdict judge(Set<String> known, Set<String> assigned, boolean sentinel) {
        Set<String> gone = new TreeSet<>(known);
        gone.removeAll(assigned);
        boolean last = assigned.isEmpty() && !gone.isEmpty();
        boolean most = known.size() >= 2 && 2 * gone.size() > known.size();
        return (last || most) && !sentinel
                ? new Verdict.Suspicious(gone)
                : new Verdict.Unassigned(gone);
    }
}
