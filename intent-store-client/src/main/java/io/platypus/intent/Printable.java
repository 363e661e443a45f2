package io.platypus.intent;

/** Text from outside made fit for a log line, a status or a terminal. */
public final class Printable {
    private static final int LONGEST = 160;

    private Printable() {}

    /** Replaces control characters by '?' and cuts what is longer than 160 characters. */
    public static String of(String text) {
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        StringBuilder out = new StringBuilder(shown.length());
        shown.codePoints()
                .forEach(c ->
                        out.appendCodePoint(Character.isISOControl(c) || isUnsafe(c) ? '?' : c));
        return out.toString();
    }

    private static boolean isUnsafe(int c) {
        int type = Character.getType(c);
        return type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }
}
