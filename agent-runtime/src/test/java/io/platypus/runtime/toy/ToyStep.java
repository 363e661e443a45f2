package io.platypus.runtime.toy;

import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Step;

/** What a toy can do. */
public sealed interface ToyStep extends Step {
    /** Writes a version into the world. */
    record WriteVersion(String version) implements ToyStep {
        @Override
        public String name() {
            return "write";
        }

        @Override
        public String detail() {
            return "version " + version;
        }

        @Override
        public Reason reason() {
            return ToyReason.WRITING;
        }
    }

    /** Takes an app out of the world. */
    record Remove() implements ToyStep {
        @Override
        public String name() {
            return "remove";
        }

        @Override
        public String detail() {
            return "what is there";
        }

        @Override
        public Reason reason() {
            return ToyReason.REMOVING;
        }
    }
}
