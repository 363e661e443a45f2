package io.platypus.runtime.convergence;

/**
 * One step of the current plan, as it is shown.
 *
 * @param step what kind of step, a word that stays the same over releases
 * @param detail what exactly, for people
 */
public record PlannedStep(String step, String detail) {}
