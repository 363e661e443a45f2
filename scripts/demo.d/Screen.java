import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What people see: on a terminal a table that is refreshed in place, elsewhere plain lines. */
final class Screen {
    private static final String FORMAT = "  %-6s %-9s %-11s %-18s %s";

    private final boolean live;
    private final Map<String, String> shown = new HashMap<>();
    private final long begin = System.nanoTime();
    private int tableLines;
    private int steps;

    Screen(boolean live) {
        this.live = live;
    }

    void step(String title) {
        steps++;
        say("");
        say(live ? "\u001b[1m%d. %s\u001b[0m".formatted(steps, title) : steps + ". " + title);
    }

    void say(String line) {
        tableLines = 0;
        System.out.println(line);
    }

    void problem(String message) {
        say("");
        say("FAILED: " + message);
    }

    /** Shows how things stand now. */
    void table(List<Row> rows) {
        if (live && !rows.isEmpty()) {
            redraw(rows);
        } else {
            rows.forEach(this::sayChange);
        }
    }

    private void redraw(List<Row> rows) {
        StringBuilder out = new StringBuilder();
        if (tableLines > 0) {
            out.append("\u001b[%dA\u001b[J".formatted(tableLines));
        }
        out.append(FORMAT.formatted("APP", "AGENT", "STATE", "REASON", "SINCE")).append('\n');
        for (Row row : rows) {
            String line = FORMAT.formatted(row.app(), row.agent(), row.state(), row.reason(), age(row));
            out.append(line).append('\n');
        }
        System.out.print(out);
        System.out.flush();
        tableLines = rows.size() + 1;
    }

    private void sayChange(Row row) {
        String state = row.state() + " " + row.reason();
        if (!state.equals(shown.put(row.app() + " " + row.agent(), state))) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            String change = FORMAT.formatted(row.app(), row.agent(), row.state(), row.reason(), "");
            System.out.printf("%6.1fs%s%n", seconds, change.stripTrailing());
        }
    }

    private static String age(Row row) {
        try {
            return Duration.between(Instant.parse(row.since()), Instant.now()).toSeconds() + "s";
        } catch (DateTimeParseException e) {
            return "";
        }
    }
}
