package io.platypus.setlive.plan;

/**
 * Why nothing may be done about an app until somebody acts; what runs goes on.
 *
 * @param reason one of the state {@code BLOCKED}
 */
public record Objection(SetliveReason reason, String message) {}
