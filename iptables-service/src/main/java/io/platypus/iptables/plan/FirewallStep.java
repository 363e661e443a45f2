package io.platypus.iptables.plan;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Step;
import java.util.List;

/** What the agent may have to do for one app. */
public sealed interface FirewallStep extends Step {
    /**
     * Makes exactly these ports open for the app.
     *
     * @param closing what is open now and will not be, or not in the same way
     */
    record Open(AppRules rules, List<Port> closing) implements FirewallStep {
        public Open {
            closing = List.copyOf(closing);
        }

        @Override
        public String name() {
            return "open";
        }

        @Override
        public String detail() {
            String opened = AppRules.describe(rules.ports()) + " of " + rules.app();
            return closing.isEmpty()
                    ? opened
                    : opened + ", in place of " + AppRules.describe(closing);
        }

        @Override
        public Reason reason() {
            return IptablesReason.OPENING;
        }
    }

    /** Removes whatever is open for the app. */
    record Close(AppName app) implements FirewallStep {
        @Override
        public String name() {
            return "close";
        }

        @Override
        public String detail() {
            return "every port of " + app;
        }

        @Override
        public Reason reason() {
            return IptablesReason.CLOSING;
        }
    }

    /** Waits: the firewall cannot be read. */
    record Hold(Trouble trouble) implements FirewallStep {
        @Override
        public String name() {
            return "hold";
        }

        @Override
        public String detail() {
            return trouble.message();
        }

        @Override
        public Reason reason() {
            return trouble.reason();
        }
    }
}
