package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.registration.Registrar;
import io.platypus.store.StoreException;
import java.util.Optional;

/** The steps that go to the catalog. A catalog that is silent never stops an activation. */
final class CatalogSteps {
    private CatalogSteps() {}

    static Outcome register(
            Registrar registrar, AppIntent intent, Version version, Optional<String> restart)
            throws InterruptedException {
        try {
            registrar.register(intent, version, restart);
            return Outcome.done();
        } catch (StoreException e) {
            return Outcome.failed(
                    SetliveReason.REGISTRATION_FAILED,
                    "version " + version + " is live, but not announced: " + e.getMessage());
        }
    }

    static Outcome deregister(Registrar registrar, AppName app, Pass pass)
            throws InterruptedException {
        Optional<Outcome> changed = pass.confirm();
        if (changed.isPresent()) {
            return changed.get();
        }
        try {
            registrar.deregister(app);
            return Outcome.done();
        } catch (StoreException e) {
            return Outcome.failed(
                    SetliveReason.REGISTRATION_FAILED,
                    app + " is stopped, but still announced: " + e.getMessage());
        }
    }
}
