package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.supervisor.Supervisor;
import java.util.Set;

/** What an operator should know of an app although it is converged. */
final class Remarks {
    private Remarks() {}

    /** Empty when intent asks for nothing that this machine does not give. */
    static String of(Target target, Supervisor supervisor) {
        if (!(target instanceof Target.Assigned(AppIntent intent))) {
            return "";
        }
        Set<String> ignored = intent.deploy().run().limits().names();
        ignored.removeAll(supervisor.keepsLimits());
        return ignored.isEmpty()
                ? ""
                : "not enforced by this node's supervisor: limits."
                        + String.join(", limits.", ignored);
    }
}
