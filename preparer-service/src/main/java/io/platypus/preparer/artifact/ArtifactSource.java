package io.platypus.preparer.artifact;

import java.net.URI;

/**
 * Opens artifacts. Blocks, for no longer than the source's idle timeout; for use by many threads.
 */
public interface ArtifactSource {
    /** Opens the artifact at a URL. Nothing is thrown for what may happen to any fetch. */
    Fetch open(URI url) throws InterruptedException;
}
