package io.platypus.iptables.plan;

/**
 * An expected way for the firewall not to do what is asked.
 *
 * @param message what was attempted, on what, what happened and what to do
 */
public record Trouble(IptablesReason reason, String message) {}
