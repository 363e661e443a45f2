package io.platypus.runtime.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;

/** What an agent works towards for one app. */
public sealed interface Target {
    /** The app. */
    AppName app();

    /** The app is wanted on this node, like this. */
    record Assigned(AppIntent intent) implements Target {
        @Override
        public AppName app() {
            return intent.app();
        }
    }

    /**
     * The app is not wanted on this node any more. Given only after a consistent reading has shown
     * it, so an agent may remove what is its own.
     */
    record Unassigned(AppName app) implements Target {}
}
