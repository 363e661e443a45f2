package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.Intended;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import io.platypus.setlive.registration.Registrar;
import io.platypus.store.StoreException;
import java.util.Optional;

/**
 * Which cluster an app that is not assigned any more takes an instance from. No intent names it,
 * but the instance is announced for it, and that can be seen.
 */
public final class FormerCluster {
    private final Registrar registrar;
    private final Documents documents;

    /** Reads what stands in the store of a cluster, consistently. */
    public interface Documents {
        /** The cluster's intent, of whatever use it is. */
        Intended read(AppName app, ClusterName cluster) throws StoreException, InterruptedException;
    }

    /** Looks in the catalog, and then in the store. */
    public FormerCluster(Registrar registrar, Documents documents) {
        this.registrar = registrar;
        this.documents = documents;
    }

    /**
     * What must be held to stop it; nothing where it is announced for no cluster, or for one that
     * is being retired as a whole. Of a cluster whose documents are gone or cannot be used, one
     * instance at a time may go.
     *
     * @throws StoreException if either does not answer: then it is not known, and nothing is to be
     *     stopped
     */
    Optional<Claim> claim(AppName app) throws StoreException, InterruptedException {
        Optional<ClusterName> cluster = registrar.cluster(app);
        if (cluster.isEmpty()) {
            return Optional.empty();
        }
        if (!(documents.read(app, cluster.get()) instanceof AppIntent intent)) {
            return Optional.of(unknown(app, cluster.get()));
        }
        boolean retired = intent.config().active().isEmpty() && intent.config().minNodes() == 0;
        return retired ? Optional.empty() : Optional.of(Claim.of(intent, Cause.RETIRED));
    }

    private static Claim unknown(AppName app, ClusterName cluster) {
        return new Claim(
                app,
                cluster,
                Optional.empty(),
                Cause.RETIRED,
                new Claim.Rule(RolloutPolicy.DEFAULT.maxUnavailable(), 0),
                Claim.longest(RunPolicy.DEFAULT));
    }
}
