package io.platypus.preparer.artifact;

import java.net.URI;

/**
 * Opens artifacts. Blocks, for no longer than the source's idle timeout; for use by many threads.
 */
public interface ArtifactSource {
    /** Opens the artifact at a URL. Nothing is thrown for what may happen to any fetch. */
    Fetch open(URI url) throws InterruptedException;

    /**
     * Whether the URL still has the content that came with this validator, asked without receiving
     * it. False as well when that cannot be told: whoever needs to know opens it then.
     */
    default boolean isStill(URI url, String validator) throws InterruptedException {
        return false;
    }
}
