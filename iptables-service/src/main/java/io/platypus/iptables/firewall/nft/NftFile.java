package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file that gives a host our table, whatever the table held before. */
final class NftFile {
    /** The first line of a file of ours. */
    static final String HEADER =
            "# Written by Platypus, and written again when changed. To apply: nft -f <this file>\n";

    private static final Pattern MAP = Pattern.compile("\tmap (\\w+) \\{");
    private static final Pattern ELEMENT =
            Pattern.compile("\t\t\t(?:(\\S+) \\. )?(\\d{1,5})(?:-(\\d{1,5}))? : \"app\\.(\\S+)\",");

    private NftFile() {}

    static String text(Ruleset ruleset) {
        String name = "table inet " + NftText.TABLE + "\n";
        return HEADER
                + name
                + "delete "
                + name
                + (ruleset.needsNoPlace() ? "" : NftText.table(ruleset));
    }

    /** What such a file says, if its policy is this one. */
    static Ruleset parse(String text, Policy policy) {
        Map<AppName, List<Port>> ports = new HashMap<>();
        Optional<NftMap> map = Optional.empty();
        for (String line : text.lines().toList()) {
            Matcher begins = MAP.matcher(line);
            map = begins.matches() ? NftMap.named(begins.group(1)) : map;
            map.ifPresent(of -> element(of, ELEMENT.matcher(line), ports));
        }
        Ruleset read = Ruleset.found(ports, policy, Map.of(), List.of());
        if (text(read).equals(text)) {
            return read.needsNoPlace() ? Ruleset.ABSENT : read;
        }
        return Ruleset.found(ports, policy, Map.of(), List.of("text that is not ours"));
    }

    private static void element(NftMap map, Matcher element, Map<AppName, List<Port>> ports) {
        if (!element.matches()) {
            return;
        }
        try {
            int first = Integer.parseInt(element.group(2));
            String last = element.group(3);
            String source = element.group(1);
            Port port =
                    new Port(
                            first,
                            last == null ? first : Integer.parseInt(last),
                            map.protocol(),
                            source == null ? List.of() : List.of(Cidr.parse(source)));
            ports.computeIfAbsent(new AppName(element.group(4)), _ -> new ArrayList<>()).add(port);
        } catch (IllegalArgumentException e) {
            // Not ours: the text is then not what we would write.
            return;
        }
    }
}
