package io.platypus.intent;

/** What to do with a version that does not become healthy. */
public enum OnFailure {
    HOLD,
    ROLLBACK
}
