package io.platypus.preparer;

import io.platypus.runtime.program.AgentProgram;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The preparer as a program. */
@SpringBootApplication
public class PreparerApplication {
    /** Runs the agent; the original's {@code -repo=…} works too. */
    public static void main(String[] args) {
        AgentProgram.of("preparer", PreparerApplication.class)
                .option("repo", "platypus.preparer.repo")
                .run(args);
    }
}
