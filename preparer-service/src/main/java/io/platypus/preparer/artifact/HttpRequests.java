package io.platypus.preparer.artifact;

import java.util.Map;

/** Asks for one artifact, as often as it takes: the address, or a token, may be new each time. */
interface HttpRequests {
    /** As {@link HttpGet#get}. */
    HttpAnswer get(Map<String, String> headers) throws InterruptedException;
}
