package io.platypus.intent;

import java.util.regex.Pattern;

/** The one rule for every name that may reach a path, a key or a command. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private Names() {}

    static String require(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what
                            + " '"
                            + Printable.of(name)
                            + "' must be 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
        }
        return name;
    }
}
