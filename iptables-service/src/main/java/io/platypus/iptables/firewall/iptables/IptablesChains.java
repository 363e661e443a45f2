package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.AppName;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Reading;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.firewall.ruleset.Traffic;
import io.platypus.iptables.firewall.ruleset.Written;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The chain {@code PLATYPUS} in the table {@code filter}, of IPv4 and of IPv6, gone to once from
 * {@code INPUT}. Each family is a transaction of its own; what is written to the first only is a
 * stray at the next reading.
 */
public final class IptablesChains implements RulesetPlace {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private final List<Family> families;
    private final InstantSource clock;

    /** What was last there besides rules: a change must know whether to make or hook the chain. */
    private volatile Map<Family, ChainListing> last = Map.of();

    /**
     * @param iptables the program's name, as in {@code iptables-legacy}, or its path: those that
     *     end in {@code -save} and {@code -restore} are beside it, as are those of ip6tables
     */
    public IptablesChains(Command iptables, InstantSource clock) {
        families = Family.both(iptables);
        this.clock = clock;
    }

    @Override
    public Reading read() throws InterruptedException {
        Map<Family, ChainListing> listings = new LinkedHashMap<>();
        for (Family family : families) {
            CommandResult result = family.save().run("");
            if (!(result instanceof CommandResult.Exited exited) || exited.code() != 0) {
                return new Reading.Unavailable(
                        IptablesTrouble.of("reading the firewall", family.save(), result));
            }
            ChainListing listing = ChainListing.parse(exited.out());
            if (!listing.isOurs()) {
                return new Reading.Unavailable(foreign(family));
            }
            listings.put(family, listing);
        }
        last = listings;
        return new Reading.Known(ChainReader.read(listings));
    }

    @Override
    public Written write(Ruleset before, Ruleset after) throws InterruptedException {
        Map<Family, ChainListing> found = last;
        String ends = TIME.format(clock.instant().plus(Policy.Trial.LENGTH));
        Set<AppName> counted = new HashSet<>();
        for (Family family : families) {
            ChainListing listing = found.getOrDefault(family, ChainListing.NONE);
            String script =
                    after.needsNoPlace()
                            ? ChainText.removal(listing)
                            : ChainText.change(listing, after, family, ends, counted);
            CommandResult result = family.restore().run(script);
            if (!(result instanceof CommandResult.Exited exited) || exited.code() != 0) {
                return failed(family, result);
            }
            counted.addAll(ChainText.counted(after, family));
        }
        remember(after);
        return new Written.Done();
    }

    private void remember(Ruleset after) {
        Map<Family, ChainListing> now = new LinkedHashMap<>();
        ChainListing.Line mark = new ChainListing.Line(ChainRule.mark().text(), Traffic.NONE);
        families.forEach(family ->
                now.put(
                        family,
                        after.needsNoPlace()
                                ? ChainListing.NONE
                                : new ChainListing(true, 1, List.of(mark))));
        last = now;
    }

    /** Whether another reading helps is not in the words: it is tried once. */
    private static Written failed(Family family, CommandResult result) {
        Trouble trouble = IptablesTrouble.of("changing the firewall", family.restore(), result);
        return trouble.reason() == IptablesReason.FIREWALL_ERROR
                ? new Written.Outdated(trouble)
                : new Written.Refused(trouble);
    }

    private static Trouble foreign(Family family) {
        return new Trouble(
                IptablesReason.FOREIGN_TABLE,
                "reading chain "
                        + ChainRule.CHAIN
                        + " with '"
                        + family.save()
                        + "': Platypus did not make it (its first rule is not '"
                        + ChainRule.mark().comment()
                        + "'); rename it, or flush it");
    }
}
