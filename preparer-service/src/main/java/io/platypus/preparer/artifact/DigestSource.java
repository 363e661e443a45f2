package io.platypus.preparer.artifact;

import java.net.URI;

/** Knows the digests of artifacts of which intent gives none. For use by many threads. */
public interface DigestSource {
    /** The digest of the artifact at this URL. Blocks as opening an artifact does. */
    Digest find(URI artifact) throws InterruptedException;
}
