package io.platypus.iptables.reconcile;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.assigned;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.unassigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.nft.NftPlaces;
import io.platypus.iptables.firewall.ruleset.Firewalls;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.plan.FirewallStep;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives observe, plan and act as the loop does, on a real file of rules. */
class IptablesReconcilerTest {
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Path file;
    private final Firewall firewall;
    private final IptablesReconciler reconciler;
    private final ScriptedPass pass = new ScriptedPass();

    IptablesReconcilerTest(@TempDir Path directory) {
        file = directory.resolve("rules.nft");
        firewall = Firewalls.allowOnly(NftPlaces.file(file, Policy.none()));
        reconciler = new IptablesReconciler(firewall, meters);
    }

    private static final class ScriptedPass implements Pass {
        Optional<Outcome> otherwise = Optional.empty();
        int confirmed;

        @Override
        public void progress(String message) {}

        @Override
        public Optional<Target> wanted() {
            return Optional.empty();
        }

        @Override
        public boolean superseded() {
            return false;
        }

        @Override
        public Optional<Outcome> confirm() {
            confirmed++;
            return otherwise;
        }
    }

    /** One pass as the loop runs it; convergence is an empty plan after it. */
    private Outcome converge(Target target) throws Exception {
        for (FirewallStep step :
                reconciler.plan(target, reconciler.observe(target), Instant.EPOCH)) {
            Outcome outcome = reconciler.act(target, step, pass);
            if (!(outcome instanceof Outcome.Done)) {
                return outcome;
            }
        }
        assertThat(reconciler.plan(target, reconciler.observe(target), Instant.EPOCH)).isEmpty();
        return Outcome.done();
    }

    @BeforeEach
    void openSlug() throws Exception {
        assertThat(converge(assigned("slug", Port.tcp(80)))).isEqualTo(Outcome.done());
    }

    @Test
    void opensWhatIsAssignedWithoutAskingTheStoreAgain() throws Exception {
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(reconciler.present()).containsExactly(app("slug"));
        assertThat(pass.confirmed).isZero();
    }

    @Test
    void closesWhatIsUnassignedOnceThatIsConfirmed() throws Exception {
        assertThat(converge(unassigned("slug"))).isEqualTo(Outcome.done());

        assertThat(firewall.present()).isEmpty();
        assertThat(pass.confirmed).isEqualTo(1);
    }

    @Test
    void closesNothingThatIntentMayStillWant() throws Exception {
        Outcome doubt = Outcome.blocked(CommonReason.WIPE_GUARD, "the node's intent is gone");
        pass.otherwise = Optional.of(doubt);

        assertThat(converge(unassigned("slug"))).isEqualTo(doubt);
        assertThat(converge(assigned("slug"))).isEqualTo(doubt);
        assertThat(converge(assigned("slug", Port.tcp(81)))).isEqualTo(doubt);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
    }

    @Test
    void addsAPortWithoutAskingTheStoreAgain() throws Exception {
        assertThat(converge(assigned("slug", Port.tcp(80), Port.tcp(81))))
                .isEqualTo(Outcome.done());

        assertThat(pass.confirmed).isZero();
    }

    @Test
    void reportsAFirewallThatIsNotOurs() throws Exception {
        Files.writeString(file, "flush ruleset\n");

        assertThat(converge(unassigned("slug")))
                .isInstanceOfSatisfying(
                        Outcome.Held.class,
                        held -> {
                            assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
                            assertThat(held.reason()).isEqualTo(IptablesReason.FOREIGN_FILE);
                        });
        assertThat(file).hasContent("flush ruleset\n");
    }

    @Test
    void countsDriftThatItRepairsAndNotNewIntent() throws Exception {
        converge(assigned("slug", Port.tcp(80), Port.tcp(81)));
        assertThat(meters.scrape()).contains("platypus_iptables_drift_repaired_total 0.0");

        Files.delete(file);
        converge(assigned("slug", Port.tcp(80), Port.tcp(81)));

        assertThat(meters.scrape())
                .contains("platypus_iptables_drift_repaired_total 1.0")
                .contains("platypus_iptables_applies_total{outcome=\"changed\"} 3.0")
                .contains("platypus_iptables_applies_total{outcome=\"refused\"} 0.0");
    }

    @Test
    void countsDriftOfWhatWasRightWhenTheAgentStarted() throws Exception {
        IptablesReconciler restarted = new IptablesReconciler(firewall, meters);
        Target slug = assigned("slug", Port.tcp(80));
        assertThat(restarted.plan(slug, restarted.observe(slug), Instant.EPOCH)).isEmpty();
        Files.delete(file);

        for (FirewallStep step : restarted.plan(slug, restarted.observe(slug), Instant.EPOCH)) {
            restarted.act(slug, step, pass);
        }

        assertThat(meters.scrape()).contains("platypus_iptables_drift_repaired_total 1.0");
    }
}
