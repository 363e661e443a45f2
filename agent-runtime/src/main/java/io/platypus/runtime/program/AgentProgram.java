package io.platypus.runtime.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;

/** The start of an agent: its arguments, in the original's spelling too, become settings. */
public final class AgentProgram {
    private final String name;
    private final Class<?> application;
    private final Map<String, List<String>> options = new HashMap<>();

    private AgentProgram(String name, Class<?> application) {
        this.name = name;
        this.application = application;
    }

    /** An agent of this name, {@code preparer} say, whose beans this class configures. */
    public static AgentProgram of(String name, Class<?> application) {
        return new AgentProgram(name, application);
    }

    /**
     * Accepts {@code -option=value} as the original did, for a setting.
     *
     * @param implied further settings, as {@code key=value}, that this option brings with it
     */
    public AgentProgram option(String option, String setting, String... implied) {
        List<String> settings = new ArrayList<>(List.of(setting));
        settings.addAll(List.of(implied));
        options.put(option, settings);
        return this;
    }

    /** Runs the agent; returns when it has started, or ends the process when it cannot. */
    public void run(String... args) {
        SpringApplication spring = new SpringApplication(application);
        spring.setDefaultProperties(Map.of("spring.application.name", "platypus-" + name));
        spring.run(args);
    }
}
