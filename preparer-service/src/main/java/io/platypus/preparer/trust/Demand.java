package io.platypus.preparer.trust;

import io.platypus.preparer.artifact.Fetch;

/** What an artifact has to prove, known before any of it is received. */
public sealed interface Demand {
    /** It is to be examined while it arrives. */
    record Examine(Examination examination) implements Demand {}

    /** It need not be received: it fails already. */
    record Unmet(Distrust why) implements Demand {}

    /** What it has to prove could not be found out. */
    record Unknown(Fetch.NotOpened cause) implements Demand {}
}
