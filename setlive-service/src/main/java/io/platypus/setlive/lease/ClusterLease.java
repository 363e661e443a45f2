package io.platypus.setlive.lease;

import io.platypus.intent.AppName;
import io.platypus.intent.NodeName;
import io.platypus.lock.Contender;
import io.platypus.lock.LockSession;
import io.platypus.lock.Locks;
import io.platypus.setlive.plan.Claim;
import io.platypus.store.IntentKeys;
import io.platypus.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A lease for each app and cluster that all nodes share: who is among the first {@code
 * max_unavailable} of the queue below {@code locks/<app>/<cluster>/} holds it. The limit is each
 * node's own, from the intent that it has confirmed right before the stop.
 *
 * <p>There is no document of holders that could be stale after a crash: a place is a key that the
 * store deletes with its session, and the rest move up.
 */
public final class ClusterLease implements Lease {
    /** How long a place in the queue outlives the last attempt. */
    static final Duration PLACE_KEPT = Duration.ofSeconds(90);

    /** A wake comes sooner: this is for one that was lost. */
    static final Duration AGAIN = Duration.ofSeconds(30);

    /** For a place that went away: it is taken anew. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /** Times of a monotonic clock. */
    private record Times(long asked, long until) {}

    private final Place.Means means;
    private final LongSupplier nanoTime;
    private final QueueWatch watch;
    private final Map<AppName, Place> places = new ConcurrentHashMap<>();
    private final Map<AppName, Times> times = new ConcurrentHashMap<>();
    private final Set<AppName> resumed = ConcurrentHashMap.newKeySet();

    /**
     * How this lease tells the time.
     *
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     * @param clock for what people see
     * @param ttl how long a lease outlives its holder, by this node's own count
     */
    public record Timing(LongSupplier nanoTime, Clock clock, Duration ttl) {}

    /** Nothing is asked of the store before the first {@link #take}. */
    public ClusterLease(Locks locks, NodeName node, QueueWatch watch, Timing timing) {
        this.nanoTime = timing.nanoTime();
        this.watch = watch;
        LockSession session =
                new LockSession(locks, "setlive " + node, timing.ttl(), nanoTime, new Occupant());
        this.means = new Place.Means(locks, session, node, timing.clock());
    }

    @Override
    public Answer take(Claim claim) throws StoreException, InterruptedException {
        AppName app = claim.app();
        long now = nanoTime.getAsLong();
        times.merge(
                app,
                new Times(now, now + claim.longest().toNanos()),
                (before, fresh) -> place(app).isHeld() ? new Times(now, before.until()) : fresh);
        return answer(claim, place(app).ask(claim));
    }

    @Override
    public Answer confirm(Claim claim) throws StoreException, InterruptedException {
        return answer(claim, place(claim.app()).check());
    }

    private Place place(AppName app) {
        return places.computeIfAbsent(app, _ -> new Place(means));
    }

    private Answer answer(Claim claim, Standing standing) {
        String prefix = IntentKeys.locks(claim.app(), claim.cluster());
        return switch (standing) {
            case Standing.Holder(List<Contender> others) ->
                    new Answer.Granted(
                            others.stream()
                                    .map(one -> ContenderDocument.node(one, prefix))
                                    .collect(Collectors.toSet()));
            case Standing.Waiter(var holders, int ahead, List<Contender> queue) -> {
                watch.follow(claim.app(), prefix, queue, () -> place(claim.app()).isWaiting());
                yield new Answer.Busy(busy(claim, holders, ahead, prefix), AGAIN);
            }
            case Standing.Lost _ ->
                    new Answer.Busy(
                            "the place in the queue " + prefix + " went away; it is taken anew",
                            AT_ONCE);
        };
    }

    private static String busy(Claim claim, List<Contender> holders, int ahead, String prefix) {
        return "%d of %s/%s may be down at a time: %s; %d more wait before this node"
                .formatted(
                        claim.rule().maxUnavailable(),
                        claim.app(),
                        claim.cluster(),
                        holders.stream()
                                .map(one -> ContenderDocument.describe(one, prefix))
                                .collect(Collectors.joining(", ")),
                        ahead);
    }

    @Override
    public boolean holds(AppName app) {
        Place place = places.get(app);
        Times known = times.get(app);
        return place != null
                && known != null
                && place.isBelieved()
                && known.until() - nanoTime.getAsLong() > 0;
    }

    @Override
    public void resume(Claim claim) throws StoreException, InterruptedException {
        AppName app = claim.app();
        if (resumed.contains(app)) {
            return;
        }
        long now = nanoTime.getAsLong();
        times.putIfAbsent(app, new Times(now, now + claim.longest().toNanos()));
        place(app).resume(claim);
        resumed.add(app);
    }

    @Override
    public void release(AppName app) {
        Place place = places.get(app);
        if (place != null && place.isActive()) {
            place.leave();
            settleSoon(app, place);
        }
    }

    private static void settleSoon(AppName app, Place place) {
        Thread.ofVirtual().name("lease-release-" + app).start(() -> settle(place));
    }

    /**
     * What fails is tried again with each renewal of the session, or ends with it.
     *
     * @return whether the store knows
     */
    private static boolean settle(Place place) {
        try {
            place.settle();
            return true;
        } catch (StoreException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private final class Occupant implements LockSession.Tenant {
        @Override
        public boolean needsSession() {
            return places.values().stream().anyMatch(Place::isActive);
        }

        @Override
        public void lost() {
            places.forEach((app, place) -> {
                if (place.isActive()) {
                    place.lost();
                    watch.wake(app);
                }
            });
        }

        /** Gives up what nobody asks for any more, so that nobody waits behind it. */
        @Override
        public void tend() {
            long now = nanoTime.getAsLong();
            places.forEach((app, place) -> {
                Times known = times.getOrDefault(app, new Times(now, now));
                boolean forgotten =
                        place.isWaiting() && known.asked() + PLACE_KEPT.toNanos() - now <= 0;
                boolean over = place.isHeld() && known.until() - now <= 0;
                if (forgotten || over) {
                    place.leave();
                }
                if (place.isLeaving()) {
                    settleSoon(app, place);
                }
            });
        }
    }

    @Override
    public void close() {
        watch.close();
        boolean answers = true;
        for (Place place : places.values()) {
            if (place.isWaiting()) {
                place.leave();
            }
            // A store that is silent is not asked again for each: their time ends them.
            answers = answers && settle(place);
        }
        means.session().close();
    }
}
