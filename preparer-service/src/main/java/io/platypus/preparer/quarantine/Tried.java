package io.platypus.preparer.quarantine;

import io.platypus.preparer.install.InstallResult;

/**
 * What became of a version.
 *
 * @param held whether that is known from before, and nothing was received
 */
public record Tried(InstallResult result, boolean held) {}
