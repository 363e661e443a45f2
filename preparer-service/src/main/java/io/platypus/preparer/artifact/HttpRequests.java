package io.platypus.preparer.artifact;

import io.platypus.preparer.artifact.HttpGet.Answer;
import java.util.Map;

/** Asks for one artifact, as often as it takes: the address, or a token, may be new each time. */
interface HttpRequests {
    /** As {@link HttpGet#get}. */
    Answer get(Map<String, String> headers) throws InterruptedException;
}
