package io.platypus.intent;

/** What is wanted of one version: on disk only, or on disk and live. */
public enum VersionState {
    PREP,
    ACTIVE
}
