package io.platypus.intent;

/** What a node's intent says of one app: something an agent can work towards, or not. */
public sealed interface Intended permits AppIntent, UnusableIntent {
    /**
     * The app's name as it stands in the store; a valid {@link AppName} only in a usable intent.
     */
    String name();
}
