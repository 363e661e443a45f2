package io.platypus.iptables;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.iptables.IptablesChains;
import io.platypus.iptables.firewall.nft.NftMonitor;
import io.platypus.iptables.firewall.nft.NftPlaces;
import io.platypus.iptables.firewall.portauthority.PortAuthorityFirewall;
import io.platypus.iptables.firewall.ruleset.HostRules;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.PolicySwitch;
import io.platypus.iptables.firewall.ruleset.RulesetFirewall;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.reconcile.IptablesReconciler;
import io.platypus.iptables.traffic.TrafficMeters;
import io.platypus.runtime.program.AgentProperties;
import io.platypus.runtime.program.StateDirectory;
import io.platypus.runtime.reconcile.ReconcileLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The iptables agent's parts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IptablesProperties.class)
@Import(PolicyConfiguration.class)
class IptablesConfiguration {
    @Bean
    Firewall firewall(
            IptablesProperties properties,
            PolicySwitch policies,
            StateDirectory state,
            MeterRegistry meters) {
        Duration deadline = properties.cmdTimeout();
        return switch (properties.backend()) {
            case PORT_AUTHORITY ->
                    new PortAuthorityFirewall(
                            requireNonNull(properties.configDir()),
                            state.path().resolve("port-authority"),
                            command(requireNonNull(properties.cmd()), properties));
            case RENDER, NFTABLES, IPTABLES ->
                    new RulesetFirewall(
                            place(properties, state),
                            policies,
                            new TrafficMeters(meters),
                            // A change is two runs, or four and a trial; another may have begun.
                            deadline.multipliedBy(8).plus(Policy.Trial.LENGTH));
        };
    }

    @Bean
    IptablesReconciler iptablesReconciler(Firewall firewall, MeterRegistry meters) {
        return new IptablesReconciler(firewall, meters);
    }

    /** Idle where nothing is in the kernel, or nothing may be touched. */
    @Bean(destroyMethod = "close")
    RulesEvents rulesEvents(IptablesProperties properties, AgentProperties agent) {
        boolean listens =
                properties.backend() == IptablesProperties.Backend.NFTABLES
                        && !agent.dryRun()
                        && !agent.once();
        return listens
                ? new RulesEvents(Optional.of(new NftMonitor(List.of(properties.nft()))))
                : new RulesEvents(Optional.empty());
    }

    @Bean
    RulesKeeper rulesKeeper(
            Firewall firewall,
            RulesEvents events,
            ReconcileLoop loop,
            IptablesProperties properties,
            AgentProperties agent) {
        boolean works = !agent.dryRun() && !agent.once();
        return new RulesKeeper(
                works && firewall instanceof HostRules rules
                        ? Optional.of(rules)
                        : Optional.empty(),
                events,
                loop::resync,
                new RulesKeeper.Mode(
                        properties.policy() == IptablesProperties.PolicyName.DEFAULT_DROP,
                        properties.onExit() == IptablesProperties.OnExit.REMOVE,
                        agent.resync()));
    }

    private static RulesetPlace place(IptablesProperties properties, StateDirectory state) {
        return switch (properties.backend()) {
            case RENDER ->
                    NftPlaces.file(
                            output(properties, state), PolicyConfiguration.policy(properties));
            case NFTABLES -> NftPlaces.table(command(properties.nft(), properties));
            case IPTABLES ->
                    new IptablesChains(
                            command(properties.iptables(), properties), InstantSource.system());
            case PORT_AUTHORITY -> throw new IllegalStateException("its files are no ruleset");
        };
    }

    private static Path output(IptablesProperties properties, StateDirectory state) {
        return Optional.ofNullable(properties.output())
                .orElse(state.path().resolve("rules.nft"))
                .toAbsolutePath();
    }

    private static Command command(String program, IptablesProperties properties) {
        return new Command(List.of(program), properties.cmdTimeout());
    }
}
