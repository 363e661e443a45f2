package io.platypus.intent;

import java.util.Optional;
import java.util.regex.Pattern;

/** The user, and perhaps the group, that a service runs as. */
public record RunAs(String user, Optional<String> group) {
    private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    /**
     * @throws IllegalArgumentException if either is not a plain account name
     */
    public RunAs {
        require("user", user);
        group.ifPresent(name -> require("group", name));
    }

    /** Reads {@code user} or {@code user:group}. */
    public static RunAs parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new RunAs(text, Optional.empty())
                : new RunAs(text.substring(0, colon), Optional.of(text.substring(colon + 1)));
    }

    private static void require(String what, String name) {
        if (!ACCOUNT.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "run_as " + what + " '" + Printable.of(name) + "' is not an account name");
        }
    }

    @Override
    public String toString() {
        return group.map(name -> user + ":" + name).orElse(user);
    }
}
