package io.platypus.runtime.reconcile;

import java.time.Duration;

/**
 * How a loop runs.
 *
 * @param resync from one look at an unchanged app to the next
 * @param concurrency how many passes run at once, 1 or more
 * @param dryRun observe and plan, act on nothing
 */
public record LoopSettings(Duration resync, int concurrency, boolean dryRun) {}
