package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.Cidr;
import io.platypus.iptables.firewall.ruleset.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code iptables-save -c} says of our chain, in one family.
 *
 * @param exists whether there is such a chain
 * @param hooks how often INPUT goes there
 * @param rules its rules, addresses spelled as ours
 */
record ChainListing(boolean exists, int hooks, List<Line> rules) {
    /**
     * A rule.
     *
     * @param text as {@link ChainRule#text}
     */
    record Line(String text, Traffic traffic) {}

    static final ChainListing NONE = new ChainListing(false, 0, List.of());

    private static final Pattern LINE = Pattern.compile("\\[(\\d{1,18}):(\\d{1,18})\\] (.*)");
    private static final Pattern SOURCE = Pattern.compile(" -s (\\S+)");

    /** Some versions quote a comment only where they must. */
    private static final Pattern BARE = Pattern.compile("--comment ([^\"\\s]+)");

    ChainListing {
        rules = List.copyOf(rules);
    }

    static ChainListing parse(String listing) {
        boolean exists = false;
        int hooks = 0;
        List<Line> rules = new ArrayList<>();
        for (String line : listing.lines().toList()) {
            Matcher rule = LINE.matcher(line);
            exists |= line.startsWith(":" + ChainRule.CHAIN + " ");
            if (rule.matches() && rule.group(3).equals("-A INPUT -j " + ChainRule.CHAIN)) {
                hooks++;
            } else if (rule.matches() && rule.group(3).startsWith("-A " + ChainRule.CHAIN + " ")) {
                rules.add(
                        new Line(
                                ours(rule.group(3)),
                                new Traffic(
                                        Long.parseLong(rule.group(1)),
                                        Long.parseLong(rule.group(2)))));
            }
        }
        return new ChainListing(exists, hooks, rules);
    }

    /** Whether the chain is ours: by its mark, or because it is empty and nobody loses anything. */
    boolean isOurs() {
        return rules.isEmpty() || rules.getFirst().text().equals(ChainRule.mark().text());
    }

    private static String ours(String rule) {
        String quoted = BARE.matcher(rule).replaceAll("--comment \"$1\"");
        Matcher source = SOURCE.matcher(quoted);
        try {
            return source.find()
                    ? source.replaceFirst(" -s " + Cidr.parse(source.group(1)))
                    : quoted;
        } catch (IllegalArgumentException e) {
            return quoted;
        }
    }
}
