package io.platypus.store;

/** One change within a {@link IntentStore#commit}. */
public sealed interface Write {
    /** As an expected version: the document must not exist. */
    long ABSENT = 0;

    /** As an expected version: whatever is there is replaced. */
    long ANY = -1;

    /** The document that is written. */
    String key();

    /** The {@link Entry#version} that must be there, {@link #ABSENT} or {@link #ANY}. */
    long expected();

    /** Sets a document. */
    record Put(String key, String value, long expected) implements Write {}

    /** Removes a document; one that is absent stays absent. */
    record Delete(String key, long expected) implements Write {}
}
