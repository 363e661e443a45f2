package io.platypus.setlive.plan;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import java.time.Duration;
import java.util.Optional;

/**
 * What is asked for with a lease: to have one healthy instance of a cluster down.
 *
 * @param version that is to be live afterwards; none when the instance is to go
 * @param cause why it is to be stopped
 * @param rule how far the cluster may be taken down
 * @param longest how long that can take: the slowest activation that its own deadlines allow
 */
public record Claim(
        AppName app,
        ClusterName cluster,
        Optional<Version> version,
        Cause cause,
        Rule rule,
        Duration longest) {
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /**
     * How far a cluster may be taken down.
     *
     * @param maxUnavailable how many instances may be down by our hand at once, 1 or more
     * @param minNodes how many healthy ones must be left, 0 or more
     */
    public record Rule(int maxUnavailable, int minNodes) {}

    /** The claim that an intent gives rise to. */
    public static Claim of(AppIntent intent, Cause cause) {
        return new Claim(
                intent.app(),
                intent.cluster(),
                cause == Cause.RETIRED ? Optional.empty() : intent.config().active(),
                cause,
                new Rule(intent.deploy().rollout().maxUnavailable(), intent.config().minNodes()),
                longest(intent.deploy().run()));
    }

    /** The longest that an instance run so can be down by our hand, its hooks included. */
    public static Duration longest(RunPolicy run) {
        return run.stopGrace()
                .multipliedBy(2)
                .plus(run.startTimeout().multipliedBy(4))
                .plus(MARGIN);
    }
}
