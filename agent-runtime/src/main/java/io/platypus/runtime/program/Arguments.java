package io.platypus.runtime.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a command line, also in the original's spelling, into Spring's {@code --key=value}. */
final class Arguments {
    private static final String HELP = "; --help shows what there is";

    /** The settings of Spring Boot without a dot; any other was meant to be something else. */
    private static final Set<String> SPRING = Set.of("debug", "trace");

    private final Map<String, List<String>> options;

    /**
     * @param options for each option of the original, the setting that takes its value, and then
     *     whole settings that it brings with it
     */
    Arguments(Map<String, List<String>> options) {
        this.options = options;
    }

    /**
     * @throws StartException if an argument is neither
     */
    List<String> translate(String... args) {
        List<String> translated = new ArrayList<>();
        Iterator<String> rest = Arrays.asList(args).iterator();
        while (rest.hasNext()) {
            String arg = rest.next();
            if (!arg.startsWith("-")) {
                throw new StartException("unexpected argument '" + arg + "'" + HELP);
            }
            int equals = arg.indexOf('=');
            String name =
                    arg.substring(0, equals < 0 ? arg.length() : equals).replaceFirst("--?", "");
            List<String> settings = options.get(name);
            if (settings != null) {
                String value = equals < 0 ? next(arg, rest) : arg.substring(equals + 1);
                translated.add("--" + settings.getFirst() + "=" + value);
                settings.stream().skip(1).forEach(setting -> translated.add(0, "--" + setting));
            } else if (arg.startsWith("--") && (name.contains(".") || SPRING.contains(name))) {
                translated.add(arg);
            } else {
                throw new StartException(
                        "unknown option '"
                                + arg
                                + "'"
                                + (options.isEmpty()
                                        ? ""
                                        : "; known: -" + String.join(", -", options.keySet()))
                                + "; settings look like --platypus.resync=30s"
                                + HELP);
            }
        }
        return translated;
    }

    private static String next(String arg, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new StartException("option '" + arg + "' needs a value" + HELP);
        }
        return rest.next();
    }
}
