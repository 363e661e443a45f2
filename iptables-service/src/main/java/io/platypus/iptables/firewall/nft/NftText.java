package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The language of {@code nft -f}. */
final class NftText {
    static final String TABLE = "platypus";
    static final String CHAIN = "input";

    /**
     * An empty chain that says that the table is ours. Not the table's comment, which nft 1.0.6
     * does not list as JSON; and a chain outlives {@code nft flush table}.
     */
    static final String MARK = "owned_by_platypus";

    /** The first line of a file of ours. */
    static final String HEADER =
            "# Written by Platypus, and written again when changed. To apply: nft -f <this file>\n";

    private static final Pattern RULE =
            Pattern.compile(
                    "\\s*(?:ip6? saddr (\\S+) )?(tcp|udp) dport (\\d{1,5}) accept comment \"([^\"]*)\"");

    private NftText() {}

    /** Replaces our table by this one, in one transaction; fails if the table is not as before. */
    static String transaction(Ruleset before, Ruleset after) {
        StringBuilder script = new StringBuilder();
        if (before.exists()) {
            // The first line fails, and with it everything, if the table is not ours any more.
            script.append("delete chain inet " + TABLE + " " + MARK + "\n");
            script.append("delete table inet " + TABLE + "\n");
        }
        if (!after.isEmpty()) {
            // create, unlike add, fails if somebody made such a table meanwhile.
            script.append("create table inet " + TABLE + "\n").append(table(after));
        }
        return script.toString();
    }

    /** A file that gives a host this table, whatever the table held before. */
    static String file(Ruleset ruleset) {
        String replace = "table inet " + TABLE + "\ndelete table inet " + TABLE + "\n";
        return HEADER + replace + (ruleset.isEmpty() ? "" : table(ruleset));
    }

    /** What such a file says. */
    static Ruleset parse(String text) {
        List<NftRule> rules = new ArrayList<>();
        text.lines().forEach(line -> rule(line).ifPresent(rules::add));
        Ruleset read = Ruleset.found(rules, List.of());
        return file(read).equals(text)
                ? read
                : Ruleset.found(rules, List.of("text that Platypus did not write"));
    }

    private static String table(Ruleset ruleset) {
        StringBuilder table = new StringBuilder("table inet " + TABLE + " {\n");
        table.append("\tchain " + MARK + " {\n\t}\n\tchain " + CHAIN + " {\n");
        table.append("\t\ttype filter hook input priority filter; policy accept;\n");
        ruleset.rules().forEach(rule -> table.append("\t\t").append(rule.text()).append('\n'));
        return table.append("\t}\n}\n").toString();
    }

    private static Optional<NftRule> rule(String line) {
        Matcher rule = RULE.matcher(line);
        if (!rule.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new NftRule(
                            new AppName(rule.group(4)),
                            Protocol.valueOf(rule.group(2).toUpperCase(Locale.ROOT)),
                            Integer.parseInt(rule.group(3)),
                            Optional.ofNullable(rule.group(1)).map(Cidr::parse)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
