package io.platypus.setlive.lease;

import io.platypus.lock.Contender;
import java.util.List;

/** Where a place stands in its queue, as the quorum has it. */
sealed interface Standing {
    /** Among the first: the lease is held. */
    record Holder(List<Contender> others) implements Standing {}

    /**
     * Behind the holders.
     *
     * @param ahead how many others wait before it
     * @param queue everybody, as seen
     */
    record Waiter(List<Contender> holders, int ahead, List<Contender> queue) implements Standing {}

    /** Not there any more: the session ended, or somebody removed the key. */
    record Lost() implements Standing {}
}
