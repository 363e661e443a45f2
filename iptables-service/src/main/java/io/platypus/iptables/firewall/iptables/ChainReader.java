package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the listings of both families to what they mean together. */
final class ChainReader {
    private static final Pattern PORT =
            Pattern.compile(
                    "-A PLATYPUS(?: -s (\\S+))? -p (tcp|udp) -m (?:tcp|udp) --dport"
                            + " (\\d{1,5})(?::(\\d{1,5}))? -m comment --comment \"([^\"]*)\" -j ACCEPT");
    private static final Pattern ENDS = Pattern.compile(" --datestop (\\S+)");

    /** A port as one family has it; open to the whole of that family when there is no source. */
    private record Opening(AppName app, Port port) {}

    private final Map<Family, ChainListing> listings;
    private final Map<AppName, Traffic> traffic = new HashMap<>();
    private final List<Port> safe = new ArrayList<>();
    private final List<Port> former = new ArrayList<>();
    private String trialEnds = "";

    private ChainReader(Map<Family, ChainListing> listings) {
        this.listings = listings;
    }

    /** What these say, of chains that are ours; what is not as we write it is stray. */
    static Ruleset read(Map<Family, ChainListing> listings) {
        return listings.values().stream().allMatch(found -> !found.exists() && found.hooks() == 0)
                ? Ruleset.ABSENT
                : new ChainReader(listings).read();
    }

    private Ruleset read() {
        Map<AppName, List<Port>> ports = new LinkedHashMap<>();
        Map<Opening, Integer> forAll = new LinkedHashMap<>();
        listings.forEach((family, listing) ->
                listing.rules()
                        .forEach(line ->
                                opening(family, line)
                                        .ifPresent(opening -> {
                                            if (opening.port().sources().isEmpty()) {
                                                forAll.merge(opening, 1, Integer::sum);
                                            } else {
                                                ports.computeIfAbsent(
                                                                opening.app(),
                                                                _ -> new ArrayList<>())
                                                        .add(opening.port());
                                            }
                                        })));
        // Open to everybody is what both families say; else the comparison below finds it.
        forAll.forEach((opening, families) -> {
            if (families == listings.size()) {
                ports.computeIfAbsent(opening.app(), _ -> new ArrayList<>()).add(opening.port());
            }
        });
        Ruleset read = Ruleset.found(ports, policy(), traffic, List.of());
        List<String> strays = new ArrayList<>(read.strays());
        listings.forEach(
                (family, listing) -> compare(read, family, listing).ifPresent(strays::add));
        return Ruleset.found(ports, read.policy(), traffic, strays);
    }

    private Optional<String> compare(Ruleset read, Family family, ChainListing listing) {
        if (!listing.exists() || listing.hooks() != 1) {
            return Optional.of(
                    "chain " + ChainRule.CHAIN + " is in INPUT " + listing.hooks() + " times");
        }
        List<String> expected = ChainText.rules(read, family, trialEnds);
        List<String> found = listing.rules().stream().map(ChainListing.Line::text).toList();
        for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
            if (i >= found.size()) {
                return Optional.of("no rule " + expected.get(i));
            }
            if (i >= expected.size() || !expected.get(i).equals(found.get(i))) {
                return Optional.of("rule " + found.get(i));
            }
        }
        return Optional.empty();
    }

    private Optional<Opening> opening(Family family, ChainListing.Line line) {
        Matcher ends = ENDS.matcher(line.text());
        if (ends.find()) {
            trialEnds = ends.group(1);
        }
        Matcher rule = PORT.matcher(line.text());
        if (!rule.matches()) {
            return Optional.empty();
        }
        try {
            return opening(family, line, rule);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Opening> opening(Family family, ChainListing.Line line, Matcher rule) {
        String comment = rule.group(5);
        boolean everywhere = comment.endsWith(ChainRule.EVERYWHERE);
        List<Cidr> sources =
                rule.group(1) != null
                        ? List.of(Cidr.parse(rule.group(1)))
                        : everywhere ? List.of(family.everywhere()) : List.of();
        Port port = port(rule, sources);
        if (comment.equals(ChainPolicy.SAFE) && family.ipv4()) {
            safe.add(port);
        } else if (comment.equals(ChainPolicy.FORMER) && family.ipv4()) {
            former.add(port);
        }
        if (!comment.startsWith(ChainRule.APP)) {
            return Optional.empty();
        }
        int end = comment.length() - (everywhere ? ChainRule.EVERYWHERE.length() : 0);
        AppName app = new AppName(comment.substring(ChainRule.APP.length(), end));
        traffic.merge(app, line.traffic(), Traffic::plus);
        return Optional.of(new Opening(app, port));
    }

    private static Port port(Matcher rule, List<Cidr> sources) {
        int first = Integer.parseInt(rule.group(3));
        String last = rule.group(4);
        return new Port(
                first,
                last == null ? first : Integer.parseInt(last),
                Protocol.valueOf(rule.group(2).toUpperCase(Locale.ROOT)),
                sources);
    }

    private Policy policy() {
        if (!has(ChainPolicy.LOOPBACK)) {
            return Policy.none();
        }
        Policy.DefaultDrop drop = new Policy.DefaultDrop(failSafes(safe));
        if (!has(ChainPolicy.TRIAL)) {
            return drop;
        }
        return new Policy.Trial(
                drop,
                has(ChainPolicy.REST) ? new Policy.DefaultDrop(failSafes(former)) : Policy.none());
    }

    private boolean has(String comment) {
        String text = "--comment \"" + comment + "\"";
        return listings.values().stream()
                .flatMap(listing -> listing.rules().stream())
                .anyMatch(line -> line.text().contains(text));
    }

    private static FailSafes failSafes(List<Port> ports) {
        return new FailSafes(of(Protocol.TCP, ports), of(Protocol.UDP, ports));
    }

    private static List<Port> of(Protocol protocol, List<Port> ports) {
        return ports.stream().filter(port -> port.protocol() == protocol).toList();
    }
}
