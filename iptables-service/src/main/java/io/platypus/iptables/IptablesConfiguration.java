package io.platypus.iptables;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.nft.NftFirewalls;
import io.platypus.iptables.firewall.portauthority.PortAuthorityFirewall;
import io.platypus.iptables.reconcile.IptablesReconciler;
import io.platypus.runtime.program.StateDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The iptables agent's parts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IptablesProperties.class)
class IptablesConfiguration {
    @Bean
    Firewall firewall(IptablesProperties properties, StateDirectory state) {
        return switch (properties.backend()) {
            case RENDER -> NftFirewalls.file(output(properties, state));
            case NFTABLES -> NftFirewalls.table(command(properties.nft(), properties));
            case PORT_AUTHORITY ->
                    new PortAuthorityFirewall(
                            requireNonNull(properties.configDir()),
                            state.path().resolve("port-authority"),
                            command(requireNonNull(properties.cmd()), properties));
        };
    }

    @Bean
    IptablesReconciler iptablesReconciler(Firewall firewall, MeterRegistry meters) {
        return new IptablesReconciler(firewall, meters);
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
