package io.platypus.iptables.firewall;

import io.platypus.intent.AppName;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.Observed;
import java.io.IOException;
import java.util.Set;

/**
 * A host's firewall, as far as it is ours.
 *
 * <p>Every call looks at the world, blocks within a deadline that the adapter knows, and ends early
 * with {@link InterruptedException} when the thread is interrupted. All are for use by many threads
 * at once, for different apps; calls that come together share their work. What is not ours is never
 * changed.
 */
public interface Firewall {
    /**
     * The apps of which something of ours is there.
     *
     * @throws IOException also when the firewall cannot be read
     */
    Set<AppName> present() throws IOException, InterruptedException;

    /** What is there of this app. */
    Observed observe(AppName app) throws IOException, InterruptedException;

    /**
     * Makes exactly these ports open for the app, none when there are none, and leaves every other
     * app's as they are. Doing it again changes nothing.
     */
    Applied apply(AppRules rules) throws IOException, InterruptedException;
}
