package io.platypus.setlive;

import io.platypus.runtime.program.AgentProgram;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The setlive agent as a program. */
@SpringBootApplication
@EnableConfigurationProperties(SetliveProperties.class)
public class SetliveApplication {

    /** Starts the agent; takes the original's options as well. */
    public static void main(String... args) {
        AgentProgram.of("setlive", SetliveApplication.class)
                .option("config", "platypus.setlive.config")
                .option("runit", "platypus.setlive.runit", "platypus.setlive.supervisor=runit")
                .option("runit-stage", "platypus.setlive.runit-stage")
                .run(args);
    }
}
