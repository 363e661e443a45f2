package io.platypus.iptables;

import io.platypus.runtime.program.AgentProgram;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The iptables agent: opens on this host the ports of the apps that are assigned to it. */
@SpringBootApplication(proxyBeanMethods = false)
public class IptablesApplication {
    /** Starts the agent; {@code -cmd=…} and {@code -config-dir=…} work as in the original. */
    public static void main(String[] args) {
        AgentProgram.of("iptables", IptablesApplication.class)
                .option("cmd", "platypus.iptables.cmd", "platypus.iptables.backend=port-authority")
                .option("config-dir", "platypus.iptables.config-dir")
                .run(args);
    }
}
