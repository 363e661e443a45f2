package io.platypus.intent;

/** Text from outside made fit for a log line, a status or a terminal. */
public final class Printable {
    private static final int LONGEST_NAME = 160;
    private static final int LONGEST_LINE = 2_000;

    private Printable() {}

    /** A name or value to quote in a message: as {@link #line}, cut after 160 characters. */
    public static String of(String text) {
        return clean(text, LONGEST_NAME);
    }

    /** One line: control and invisible characters become '?', cut after 2,000 characters. */
    public static String line(String text) {
        return clean(text, LONGEST_LINE);
    }

    private static String clean(String text, int longest) {
        String shown = text.length() > longest ? text.substring(0, longest) + "…" : text;
        StringBuilder out = new StringBuilder(shown.length());
        shown.codePoints().forEach(c -> out.appendCodePoint(isUnsafe(c) ? '?' : c));
        return out.toString();
    }

    private static boolean isUnsafe(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }
}
