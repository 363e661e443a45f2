package io.platypus.runtime.reconcile;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What makes an agent: how it sees the world, what it would do about it, and how it does that.
 *
 * <p>The loop calls {@link #observe}, then {@link #plan}, then {@link #act} for each step until one
 * does not end with {@link Outcome.Done}; after the last it observes and plans once more, and an
 * empty plan is convergence. At most one pass of an app runs at a time; passes of different apps
 * run at once, each on a virtual thread of its own. Every wait within must have a deadline, and
 * must end with {@link InterruptedException} when the thread is interrupted: that is how an agent
 * is stopped, in the middle of anything. An {@link IOException} that escapes is the reason {@code
 * IO_ERROR}; any other exception is a defect, the reason {@code INTERNAL_ERROR}; both are retried.
 *
 * @param <O> what is observed of one app: an immutable value
 * @param <S> the agent's own sealed set of steps
 */
public interface Reconciler<O, S extends Step> {
    /**
     * The apps of which the world shows something that this agent made and would have to remove if
     * they were not wanted: looked at when the agent starts and at every resync, so that what was
     * unassigned while the agent was down is found. Empty for an agent that removes nothing.
     */
    Set<AppName> present() throws IOException, InterruptedException;

    /** Looks at the world, and changes nothing in it. */
    O observe(Target target) throws IOException, InterruptedException;

    /** What to do, in order; empty when nothing is. A pure function: no I/O, no clock. */
    List<S> plan(Target target, O observed, Instant now);

    /**
     * What an operator should know of an app that is converged, as one line: what intent asks for
     * and this machine cannot give, say. Empty when there is nothing; shown as the status' message.
     */
    default String remark(Target target) {
        return "";
    }

    /** Does one step. Doing it again, after a crash at any point, must be harmless. */
    Outcome act(Target target, S step, Pass pass) throws IOException, InterruptedException;
}
