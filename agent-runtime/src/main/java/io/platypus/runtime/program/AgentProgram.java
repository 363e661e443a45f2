package io.platypus.runtime.program;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * The start of an agent: its arguments, in the original's spelling too, become settings; whatever
 * keeps it from starting becomes one line on stderr.
 *
 * <p>Exit codes: 0 ended as asked; 1 the store could not be read ({@code platypus.once}); 2 could
 * not start; 3 not converged ({@code platypus.once}).
 */
public final class AgentProgram {
    private static final int CANNOT_START = 2;

    /**
     * How many file calls may hang before virtual threads, the HTTP endpoint's among them, wait.
     */
    private static final int CARRIERS = 64;

    private final String name;
    private final Class<?> application;
    private final Map<String, List<String>> options = new TreeMap<>();

    private AgentProgram(String name, Class<?> application) {
        this.name = name;
        this.application = application;
    }

    /** An agent of this name, {@code preparer} say, whose beans this class configures. */
    public static AgentProgram of(String name, Class<?> application) {
        return new AgentProgram(name, application);
    }

    /**
     * Accepts {@code -option=value} and {@code -option value} as the original did, for a setting.
     *
     * @param implied further settings, as {@code key=value}, that this option brings with it
     */
    public AgentProgram option(String option, String setting, String... implied) {
        List<String> settings = new ArrayList<>(List.of(setting));
        settings.addAll(List.of(implied));
        options.put(option, settings);
        return this;
    }

    /** Runs the agent; returns when it has started, or ends the process. */
    public void run(String... args) {
        List<String> given = List.of(args);
        try {
            if (given.contains("--help") || given.contains("-help") || given.contains("-h")) {
                print(help());
            } else if (given.contains("--version")) {
                print("platypus " + name + " " + programName().version() + "\n");
            } else {
                ConfigurableApplicationContext context = start(args);
                Optional<Integer> code = context.getBean(AgentLifecycle.class).runOnceIfAsked();
                if (code.isPresent()) {
                    SpringApplication.exit(context);
                    end(code.get());
                }
            }
        } catch (Exception e) {
            fail(e, given.contains("--debug"));
        }
    }

    /**
     * Starts the agent and returns its context.
     *
     * @throws RuntimeException when it cannot start
     */
    public ConfigurableApplicationContext start(String... args) {
        spareCarriers();
        List<String> translated = new Arguments(options).translate(args);
        SpringApplication spring = new SpringApplication(application);
        spring.setDefaultProperties(defaults(translated.contains("--debug")));
        spring.addListeners(new Settings());
        spring.addInitializers(context ->
                context.getBeanFactory().registerSingleton("programName", programName()));
        return spring.run(translated.toArray(String[]::new));
    }

    /**
     * A file call holds the carrier of its virtual thread, and by default there are as many of
     * those as cores: one hung disk would stop the whole agent. Read when the first such thread is
     * made: <a href="https://openjdk.org/jeps/444">JEP 444</a>.
     */
    private static void spareCarriers() {
        String setting = "jdk.virtualThreadScheduler.parallelism";
        if (System.getProperty(setting) == null) {
            System.setProperty(setting, String.valueOf(CARRIERS));
        }
    }

    private ProgramName programName() {
        String version = application.getPackage().getImplementationVersion();
        return new ProgramName(name, version == null ? "dev" : version);
    }

    private Properties defaults(boolean debug) {
        Properties defaults = new Properties();
        load(defaults, "agent-defaults.properties");
        if (!debug) {
            load(defaults, "one-line-failures.properties");
        }
        defaults.setProperty("spring.application.name", "platypus-" + name);
        return defaults;
    }

    private static void load(Properties defaults, String resource) {
        try (InputStream in = AgentProgram.class.getResourceAsStream(resource)) {
            defaults.load(in);
        } catch (IOException e) {
            throw new StartException("cannot read " + resource + " of this program: " + e, e);
        }
    }

    private String help() {
        StringBuilder help =
                new StringBuilder("platypus %s %s%n".formatted(name, programName().version()));
        help.append("Usage: bin/launch [--setting=value …]%n%nSettings:%n".formatted());
        help.append(new KnownSettings(AgentProgram.class.getClassLoader()).help());
        help.append("  and every setting of Spring Boot, such as --server.port\n");
        if (!options.isEmpty()) {
            help.append("%nAlso, as the original spelt them:%n".formatted());
            for (Map.Entry<String, List<String>> option : options.entrySet()) {
                help.append(
                        "  -%s=…  for %s%n"
                                .formatted(option.getKey(), option.getValue().getFirst()));
            }
        }
        return help.toString();
    }

    private void fail(Exception failure, boolean debug) {
        System.err.println("platypus " + name + ": " + oneLine(failure));
        if (debug) {
            failure.printStackTrace(System.err);
        }
        end(CANNOT_START);
    }

    /** The message of the cause that an operator can do something about. */
    static String oneLine(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartException) {
                return String.valueOf(t.getMessage());
            }
            if (t instanceof PortInUseException inUse) {
                return "port " + inUse.getPort() + " is in use; set another server.port";
            }
            if (t instanceof InvalidConfigurationPropertyValueException invalid) {
                return "setting "
                        + invalid.getName()
                        + " cannot be '"
                        + invalid.getValue()
                        + "': "
                        + invalid.getReason();
            }
            deepest = t;
        }
        String deepestMessage = String.valueOf(deepest);
        return BadValue.in(failure).orElse(deepestMessage).replaceAll("\\s*\\R\\s*", "; ");
    }

    @SuppressWarnings("SystemOut") // a command line's answer
    private static void print(String text) {
        System.out.print(text);
        System.out.flush();
    }

    private static void end(int code) {
        System.exit(code);
    }

    /**
     * Checks the settings as soon as they are all known, and has no web server for a single pass.
     */
    private static final class Settings
            implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            new KnownSettings(AgentProgram.class.getClassLoader()).check(event.getEnvironment());
            boolean once =
                    Binder.get(event.getEnvironment())
                            .bind("platypus.once", Boolean.class)
                            .orElse(false);
            if (once) {
                event.getSpringApplication().setWebApplicationType(WebApplicationType.NONE);
            }
        }

        /** After the listener that reads the configuration files. */
        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }
    }
}
