package io.platypus.preparer.plan;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Decides what to do for one app. */
public final class PreparePlanner {
    private PreparePlanner() {}

    /**
     * The steps from what is there to every wanted version being installed, the active one first.
     * Leftovers go before that: they may be what fills the disk.
     */
    public static List<PrepareStep> plan(
            AppIntent intent, Observed observed, Repository repository) {
        if (observed.obstruction().isPresent()) {
            return List.of(new PrepareStep.AwaitDirectory(observed.obstruction().get()));
        }
        List<PrepareStep> steps = new ArrayList<>();
        observed.leftovers().forEach(staged -> steps.add(new PrepareStep.Discard(staged)));
        observed.stale().forEach(record -> steps.add(new PrepareStep.Forget(record)));
        List<Wanted> missing =
                intent.config().versions().entrySet().stream()
                        .filter(wanted -> !observed.installed().contains(wanted.getKey()))
                        .sorted(ACTIVE_FIRST)
                        .map(wanted -> wanted(intent, wanted.getKey(), repository))
                        .toList();
        if (!missing.isEmpty()) {
            steps.add(new PrepareStep.Install(missing));
        }
        return List.copyOf(steps);
    }

    /** Whether this intent wants exactly this: the version, from there, with that digest. */
    public static boolean wants(AppIntent intent, Wanted wanted, Repository repository) {
        return intent.config().versions().containsKey(wanted.version())
                && wanted(intent, wanted.version(), repository).equals(wanted);
    }

    private static final Comparator<Map.Entry<Version, VersionState>> ACTIVE_FIRST =
            Comparator.comparing(wanted -> wanted.getValue() != VersionState.ACTIVE);

    private static Wanted wanted(AppIntent intent, Version version, Repository repository) {
        var artifact = intent.config().artifact(version);
        return new Wanted(
                version, repository.locate(intent.app(), version, artifact), artifact.sha256());
    }
}
