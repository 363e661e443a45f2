package io.platypus.setlive.lease;

import io.platypus.intent.NodeName;
import io.platypus.lock.Contender;
import io.platypus.lock.LockSession;
import io.platypus.lock.Locks;
import io.platypus.setlive.plan.Claim;
import io.platypus.store.IntentKeys;
import io.platypus.store.StoreException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One app's place in the queue of its cluster. Requests about it are made one at a time, so that a
 * removal that comes late never removes a place that was taken since.
 */
final class Place {
    /** What it takes to stand in a queue. */
    record Means(Locks locks, LockSession session, NodeName node, Clock clock) {}

    private final Means means;
    private final ReentrantLock requests = new ReentrantLock();

    /** The claim that the place is for; null while there is none. */
    private volatile @Nullable Claim claim;

    /** Where, and by which session, it was last tried to take it; null once that is undone. */
    private volatile @Nullable String key;

    private volatile @Nullable String session;
    private volatile boolean entered;
    private volatile boolean held;
    private volatile boolean leaving;

    Place(Means means) {
        this.means = means;
    }

    /** Whether a session is needed for it. */
    boolean isActive() {
        return claim != null || key != null;
    }

    boolean isLeaving() {
        return leaving;
    }

    boolean isHeld() {
        return held && !leaving;
    }

    boolean isWaiting() {
        return claim != null && !held && !leaving;
    }

    /** Whether it is held, as far as this side can know without asking. */
    boolean isBelieved() {
        return isHeld() && means.session().isBelieved(session);
    }

    /** Takes the place where that is not done yet, and looks at the queue. */
    Standing ask(Claim wanted) throws StoreException, InterruptedException {
        requests.lockInterruptibly();
        try {
            String place = keyOf(wanted);
            if (leaving || (key != null && !place.equals(key))) {
                remove();
            }
            claim = wanted;
            String id = means.session().id();
            if (!entered || !id.equals(session)) {
                entered = false;
                key = place;
                session = id;
                enter(wanted, place, id);
                entered = true;
            }
            return look(wanted, id);
        } finally {
            requests.unlock();
        }
    }

    /** Looks at the queue, and changes nothing. */
    Standing check() throws StoreException, InterruptedException {
        requests.lockInterruptibly();
        try {
            Claim wanted = claim;
            String id = session;
            return wanted == null || id == null || !entered || leaving
                    ? new Standing.Lost()
                    : look(wanted, id);
        } finally {
            requests.unlock();
        }
    }

    /**
     * Takes the place over that another session of this node has, if there is one; a place in the
     * queue is no use to the dead.
     */
    void resume(Claim wanted) throws StoreException, InterruptedException {
        requests.lockInterruptibly();
        try {
            if (isActive() || left(keyOf(wanted), "").isEmpty()) {
                return;
            }
        } finally {
            requests.unlock();
        }
        ask(wanted);
    }

    private void enter(Claim wanted, String place, String id)
            throws StoreException, InterruptedException {
        String document =
                ContenderDocument.render(means.node().value(), wanted, means.clock().instant());
        if (means.locks().enter(place, id, document)) {
            return;
        }
        // No other node has this key: it is of an earlier life of this agent.
        Optional<Contender> former = left(place, id);
        boolean taken =
                former.isPresent()
                        ? means.locks().takeOver(former.get(), id, document)
                        : means.locks().enter(place, id, document);
        if (!taken) {
            throw new StoreException(
                    "the place "
                            + place
                            + " is another session's and changes hands: does a second agent run"
                            + " as node "
                            + means.node()
                            + "?");
        }
    }

    /** Who has the place, other than this session. */
    private Optional<Contender> left(String place, String id)
            throws StoreException, InterruptedException {
        String prefix = place.substring(0, place.lastIndexOf('/') + 1);
        return means.locks().queue(prefix).stream()
                .filter(one -> one.key().equals(place) && !one.session().equals(id))
                .findFirst();
    }

    private Standing look(Claim wanted, String id) throws StoreException, InterruptedException {
        String prefix = IntentKeys.locks(wanted.app(), wanted.cluster());
        List<Contender> queue = means.locks().queue(prefix);
        int rank = 0;
        while (rank < queue.size() && !isOwn(queue.get(rank), wanted, id)) {
            rank++;
        }
        if (rank == queue.size()) {
            forget();
            return new Standing.Lost();
        }
        int size = wanted.rule().maxUnavailable();
        held = rank < size;
        List<Contender> holders =
                queue.subList(0, Math.min(size, queue.size())).stream()
                        .filter(one -> !isOwn(one, wanted, id))
                        .toList();
        return held
                ? new Standing.Holder(holders)
                : new Standing.Waiter(holders, rank - size, queue);
    }

    private boolean isOwn(Contender one, Claim wanted, String id) {
        return one.key().equals(keyOf(wanted)) && one.session().equals(id);
    }

    private String keyOf(Claim wanted) {
        return IntentKeys.locks(wanted.app(), wanted.cluster()) + means.node();
    }

    /** From now on the place is not to be had any more; the store is told by {@link #settle}. */
    void leave() {
        held = false;
        leaving = key != null;
        claim = null;
    }

    /** Tells the store, if that is left to be done. */
    void settle() throws StoreException, InterruptedException {
        requests.lockInterruptibly();
        try {
            if (leaving) {
                remove();
            }
        } finally {
            requests.unlock();
        }
    }

    private void remove() throws StoreException, InterruptedException {
        String place = key;
        String id = session;
        if (place != null && id != null) {
            means.locks().leave(place, id);
        }
        forget();
    }

    /** The session has ended: whatever it held is gone. */
    void lost() {
        forget();
    }

    private void forget() {
        held = false;
        entered = false;
        key = null;
        session = null;
        leaving = false;
        claim = null;
    }
}
