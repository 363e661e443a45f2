package io.platypus.lock;

/**
 * One who stands in a queue; it leaves by itself when its session ends.
 *
 * @param key its place: the queue's prefix, and a name of its own
 * @param session whose place it is
 * @param arrived the store's index at which the place was taken: the order of the queue
 * @param changed the store's index of the last change
 * @param value a document for people
 */
public record Contender(String key, String session, long arrived, long changed, String value) {}
