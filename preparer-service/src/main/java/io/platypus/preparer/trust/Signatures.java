package io.platypus.preparer.trust;

import io.platypus.preparer.artifact.Fetch;
import java.net.URI;
import java.util.List;

/** Knows the signatures of artifacts. For use by many threads. */
public interface Signatures {
    /** What was found beside an artifact. */
    sealed interface Expected {
        /**
         * Signatures that are good but for the bytes that they are of; one has to hold.
         *
         * @param awaited at least one
         * @param basis a digest of the signature file and of the keyring
         */
        record These(List<AwaitedSignature> awaited, String basis) implements Expected {
            /**
             * @throws IllegalArgumentException if there are none: that must never mean that
             *     anything goes
             */
            public These {
                if (awaited.isEmpty()) {
                    throw new IllegalArgumentException("no signature can hold");
                }
                awaited = List.copyOf(awaited);
            }
        }

        /** Nothing that could hold. */
        record None(Distrust why) implements Expected {}

        /** What there is could not be found out. */
        record Unknown(Fetch.NotOpened cause) implements Expected {}
    }

    /** The signatures of the artifact at this URL. Blocks as opening an artifact does. */
    Expected of(URI artifact) throws InterruptedException;
}
