package io.platypus.store;

/**
 * One document.
 *
 * @param key its full key, such as {@code nodes/web1/slug}
 * @param value its text; bytes that are not UTF-8 are read as U+FFFD
 * @param version changes with every change of the value; to be handed back in a {@link Write}
 */
public record Entry(String key, String value, long version) {}
