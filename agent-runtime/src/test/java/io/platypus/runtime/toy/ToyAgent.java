package io.platypus.runtime.toy;

import io.platypus.runtime.program.AgentProgram;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The toy as a program. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(ToyProperties.class)
public class ToyAgent {
    @Bean
    ToyReconciler toyReconciler(ToyProperties properties) {
        return new ToyReconciler(properties.world());
    }

    public static AgentProgram program() {
        return AgentProgram.of("toy", ToyAgent.class)
                .option("world", "platypus.toy.world")
                .option("quick", "platypus.toy.world", "platypus.resync=200ms");
    }

    public static void main(String[] args) {
        program().run(args);
    }
}
