package io.platypus.intent;

/**
 * How a new version spreads over a cluster.
 *
 * @param maxUnavailable how many instances may be down by our hand at once, 1 or more
 * @param onFailure what to do with a version that does not become healthy
 */
public record RolloutPolicy(int maxUnavailable, OnFailure onFailure) {
    public static final RolloutPolicy DEFAULT = new RolloutPolicy(1, OnFailure.HOLD);

    /**
     * @throws IllegalArgumentException if {@code maxUnavailable} is below 1
     */
    public RolloutPolicy {
        if (maxUnavailable < 1) {
            throw new IllegalArgumentException(
                    "max_unavailable must be 1 or more, but is " + maxUnavailable);
        }
    }
}
