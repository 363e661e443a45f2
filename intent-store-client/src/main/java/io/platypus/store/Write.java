package io.platypus.store;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /** Removes a document; one that is absent stays so, whatever version was expected. */
    record Delete(String key, long expected) implements Write {}

    /**
     * Checks what every adapter demands of one {@link IntentStore#commit}.
     *
     * @throws IllegalArgumentException if there are none or too many, two of one key, or a key is
     *     not well-formed: a defect of the caller
     * @throws StoreException if a value is longer than {@link IntentStore#MAX_VALUE_BYTES}
     */
    static void requireCommittable(List<Write> writes) throws StoreException {
        if (writes.isEmpty() || writes.size() > IntentStore.MAX_WRITES) {
            throw new IllegalArgumentException(
                    "a commit takes 1 to "
                            + IntentStore.MAX_WRITES
                            + " writes, but got "
                            + writes.size());
        }
        Set<String> keys = new HashSet<>();
        for (Write write : writes) {
            if (!keys.add(Keys.require(write.key()))) {
                throw new IllegalArgumentException("two writes of " + write.key());
            }
            if (write instanceof Put put
                    && put.value().getBytes(StandardCharsets.UTF_8).length
                            > IntentStore.MAX_VALUE_BYTES) {
                throw new StoreException(
                        "write of " + put.key() + ": the value is longer than 512 KiB");
            }
        }
    }
}
