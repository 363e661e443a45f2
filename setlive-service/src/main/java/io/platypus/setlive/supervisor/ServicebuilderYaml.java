package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The definition of a service as the original wrote it for servicebuilder, byte for byte. */
final class ServicebuilderYaml {
    private static final String LAUNCH = "/current/bin/launch";

    /** What YAML 1.1 reads as text without quotes, wherever it stands (YAML 1.1, 9.1.3). */
    private static final Pattern PLAIN_PATH = Pattern.compile("/[\\p{Alnum}/._+,@~-]*");

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Pattern READ_AS_VALUE =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");

    private ServicebuilderYaml() {}

    static String render(AppName app, Path basedir) {
        return name(app) + ":\n  run:\n  - " + launch(basedir) + "\n";
    }

    /** Whether a text is such a definition of this app, whatever its basedir. */
    static boolean isOne(AppName app, String text) {
        String begin = name(app) + ":\n  run:\n  - ";
        return text.startsWith(begin)
                && (text.endsWith(LAUNCH + "\n") || text.endsWith(LAUNCH + "\"\n"))
                && text.indexOf('\n', begin.length()) == text.length() - 1;
    }

    private static String name(AppName app) {
        boolean plain =
                PLAIN_NAME.matcher(app.value()).matches()
                        && !READ_AS_VALUE.matcher(app.value()).matches();
        return plain ? app.value() : '"' + app.value() + '"';
    }

    private static String launch(Path basedir) {
        String launch = basedir + LAUNCH;
        if (PLAIN_PATH.matcher(launch).matches()) {
            return launch;
        }
        StringBuilder quoted = new StringBuilder("\"");
        launch.codePoints()
                .forEach(character -> {
                    if (character == '"' || character == '\\') {
                        quoted.append('\\').appendCodePoint(character);
                    } else if (Character.isISOControl(character)) {
                        quoted.append("\\x%02x".formatted(character));
                    } else {
                        quoted.appendCodePoint(character);
                    }
                });
        return quoted.append('"').toString();
    }
}
