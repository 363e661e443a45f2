package io.platypus.iptables.firewall;

import io.platypus.iptables.plan.Trouble;

/** How a change of the firewall ended. */
public sealed interface Applied {
    /** It was made, and is in force. */
    record Changed() implements Applied {}

    /** Everything was so already: nothing was touched. */
    record Unchanged() implements Applied {}

    /** It was not made, or is not in force. */
    record Refused(Trouble trouble) implements Applied {}
}
