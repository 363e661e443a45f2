package io.platypus.store;

import io.platypus.intent.Printable;
import java.util.regex.Pattern;

/** What a key may look like, the same for every adapter: safe as a path and in a URL. */
public final class Keys {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    private Keys() {}

    /**
     * Returns the key.
     *
     * @throws IllegalArgumentException unless each part between slashes is 1 to 200 of {@code A-Z
     *     a-z 0-9 . _ -}, and neither {@code .} nor {@code ..}
     */
    public static String require(String key) {
        for (String segment : key.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()
                    || segment.equals(".")
                    || segment.equals("..")) {
                throw new IllegalArgumentException(
                        "key '"
                                + Printable.of(key)
                                + "' must be of parts of A-Z a-z 0-9 . _ - with slashes between");
            }
        }
        return key;
    }

    /**
     * Returns the prefix.
     *
     * @throws IllegalArgumentException unless it is a key with a slash behind it
     */
    public static String requirePrefix(String prefix) {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix '" + Printable.of(prefix) + "' must end with a slash");
        }
        require(prefix.substring(0, prefix.length() - 1));
        return prefix;
    }
}
