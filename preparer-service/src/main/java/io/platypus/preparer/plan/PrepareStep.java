package io.platypus.preparer.plan;

import io.platypus.intent.Version;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What the preparer does. */
public sealed interface PrepareStep extends Step {
    /** Waits for somebody to mend the basedir. */
    record AwaitDirectory(Obstruction why) implements PrepareStep {
        @Override
        public String name() {
            return "await-directory";
        }

        @Override
        public String detail() {
            return why.message();
        }

        @Override
        public Reason reason() {
            return why.reason();
        }
    }

    /** Removes what an attempt that was killed has left. */
    record Discard(Path staged) implements PrepareStep {
        @Override
        public String name() {
            return "discard";
        }

        @Override
        public String detail() {
            return "abandoned " + staged;
        }

        @Override
        public Reason reason() {
            return PreparerReason.CLEANING_STAGING;
        }
    }

    /** Removes the quarantine record of a version that is not wanted any more, or is installed. */
    record Forget(Path record) implements PrepareStep {
        @Override
        public String name() {
            return "forget";
        }

        @Override
        public String detail() {
            return "quarantine record " + record;
        }

        @Override
        public Reason reason() {
            return PreparerReason.CLEANING_STAGING;
        }
    }

    /**
     * Installs every version that is missing. One step, not one for each: a pass ends at the first
     * step that does not succeed, and a version that cannot be had must not keep the others back.
     *
     * @param missing in the order in which they are tried; at least one
     */
    record Install(List<Wanted> missing) implements PrepareStep {
        public Install {
            missing = List.copyOf(missing);
        }

        @Override
        public String name() {
            return "install";
        }

        @Override
        public String detail() {
            return missing.stream()
                    .map(w -> w.version() + " from " + Repository.shown(w.source()))
                    .collect(Collectors.joining(", "));
        }

        @Override
        public Reason reason() {
            return PreparerReason.FETCHING;
        }
    }

    /** Removes an install that nothing needs any more. */
    record Remove(Version version, Path install) implements PrepareStep {
        @Override
        public String name() {
            return "remove";
        }

        @Override
        public String detail() {
            return install.toString();
        }

        @Override
        public Reason reason() {
            return PreparerReason.REMOVING_INSTALL;
        }
    }
}
