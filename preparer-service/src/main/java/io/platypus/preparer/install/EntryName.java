package io.platypus.preparer.install;

import io.platypus.intent.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an entry of an archive goes: a plain way down from the root of the install.
 *
 * @param parts the names from the root on, none of them empty, {@code .} or {@code ..}; none at all
 *     for the root itself
 */
record EntryName(List<String> parts) {
    private static final int LONGEST_PART = 255;
    private static final int MOST_BYTES_OF_CHARACTER = 3;

    private static final char NOT_DECODED = '\uFFFD';

    EntryName {
        parts = List.copyOf(parts);
    }

    /** Reads a name as it stands in an archive. */
    static EntryName parse(String name, NameLimits limits) throws BadArchiveException {
        if (name.isEmpty()) {
            throw BadArchiveException.unsafe("an entry has an empty name");
        }
        if (name.startsWith("/")) {
            throw unsafe(name, "is absolute");
        }
        requireShort(name, name, limits);
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw unsafe(name, "contains ..");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(checked(name, part));
            }
        }
        if (parts.size() > limits.maxDepth()) {
            throw over(name, "is nested deeper than " + limits.maxDepth(), "max-depth");
        }
        return new EntryName(parts);
    }

    boolean isRoot() {
        return parts.isEmpty();
    }

    EntryName parent() {
        return new EntryName(parts.subList(0, parts.size() - 1));
    }

    String last() {
        return parts.getLast();
    }

    /**
     * Checks where a symbolic link at this place points to: to something in the install, by names
     * alone. A {@code ..} is good only at the beginning, where it meets real directories: after a
     * name that is a link itself it would lead elsewhere than the text says.
     */
    void requireInside(String target, NameLimits limits) throws BadArchiveException {
        if (target.isEmpty() || target.startsWith("/")) {
            throw unsafe(
                    toString(), "links to '" + Printable.of(target) + "', not a relative path");
        }
        requireShort(toString(), target, limits);
        int ups = 0;
        boolean down = false;
        for (String part : target.split("/", -1)) {
            if (part.equals("..")) {
                ups++;
                if (down || ups >= parts.size()) {
                    throw unsafe(
                            toString(),
                            "links to '"
                                    + Printable.of(target)
                                    + (down ? "', with .. in the middle" : "', outside"));
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                checked(target, part);
                down = true;
            }
        }
    }

    /** Says that it is there already, although no entry before had exactly this name. */
    BadArchiveException foldedTwice() {
        return unsafe(
                toString(), "is in the archive twice, in names that are one to this file system");
    }

    static BadArchiveException unsafe(String name, String why) {
        return BadArchiveException.unsafe("entry '" + Printable.of(name) + "' " + why);
    }

    private static void requireShort(String name, String text, NameLimits limits)
            throws BadArchiveException {
        if (isLonger(text, limits.maxBytes())) {
            throw over(
                    name,
                    "has a name or target longer than " + limits.maxBytes() + " bytes",
                    "max-path");
        }
    }

    /** Counts bytes only where the number of characters does not tell. */
    private static boolean isLonger(String text, int bytes) {
        return text.length() > bytes / MOST_BYTES_OF_CHARACTER
                && text.getBytes(StandardCharsets.UTF_8).length > bytes;
    }

    private static BadArchiveException over(String name, String what, String setting) {
        return Quota.over("entry '" + Printable.of(name) + "' " + what, setting);
    }

    private static String checked(String name, String part) throws BadArchiveException {
        for (int i = 0; i < part.length(); i++) {
            if (Character.isISOControl(part.charAt(i))) {
                throw unsafe(name, "contains control characters");
            }
            if (part.charAt(i) == NOT_DECODED) {
                throw unsafe(name, "is not UTF-8");
            }
        }
        if (isLonger(part, LONGEST_PART)) {
            throw unsafe(name, "has a part longer than " + LONGEST_PART + " bytes");
        }
        return part;
    }

    @Override
    public String toString() {
        return isRoot() ? "." : String.join("/", parts);
    }
}
