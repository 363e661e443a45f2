package io.platypus.setlive.plan;

import java.util.Optional;

/**
 * How an instance stands to an operator's request that it be restarted.
 *
 * @param id of the request that stands, else of the one that the instance was last started for: to
 *     be announced with the instance, which is how a node remembers it
 * @param due whether the running instance has not been restarted for it yet
 */
public record Restart(Optional<String> id, boolean due) {
    /** Nobody has ever asked for one. */
    public static final Restart NONE = new Restart(Optional.empty(), false);
}
