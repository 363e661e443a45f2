package io.platypus.iptables.firewall.portauthority;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.AtomicFile;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.Turns;
import io.platypus.iptables.firewall.portauthority.Ledger.Entry;
import io.platypus.iptables.firewall.ruleset.Change;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The original's firewall: {@code <directory>/<app>.yml} for each app, then {@code <cmd> rebuild}.
 *
 * <p>A rebuild is noted as owed before a file is changed and settled after it succeeded, so a crash
 * or a failure between the two is made good by the next pass, even though the file is right.
 */
public final class PortAuthorityFirewall implements Firewall {
    private final Path directory;
    private final Ledger ledger;
    private final Command rebuild;
    private final Turns<AppRules, Map<AppName, Applied>> changes;

    /**
     * @param directory where the files go; made when absent
     * @param state where to keep which files are ours; safe to delete
     * @param cmd the program that is run with the argument {@code rebuild}
     */
    public PortAuthorityFirewall(Path directory, Path state, Command cmd) {
        this.directory = directory;
        ledger = new Ledger(state);
        rebuild = cmd.with("rebuild");
        // The turn before may have just begun, and one that was interrupted is begun again.
        changes = new Turns<>(cmd.deadline().multipliedBy(4), this::change);
    }

    @Override
    public Set<AppName> present() throws IOException {
        return ledger.known();
    }

    @Override
    public Observed observe(AppName app) throws IOException {
        Path file = file(app);
        Entry entry = ledger.of(app);
        if (entry == Entry.UNKNOWN) {
            // Somebody else's, perhaps; if intent wants the app, it becomes ours.
            return Observed.nothing(app);
        }
        if (!AtomicFile.hasRightMode(file)) {
            return drifted(AppRules.none(app), file + " is gone, or not a file of mode 0644");
        }
        Optional<AppRules> rules =
                AtomicFile.read(file).flatMap(yaml -> PortAuthorityYaml.read(app, yaml));
        if (rules.isEmpty()) {
            return drifted(AppRules.none(app), file + " was changed");
        }
        return entry == Entry.OWED
                ? drifted(rules.get(), "'" + rebuild + "' has not succeeded since the last change")
                : Observed.inForce(rules.get());
    }

    @Override
    public Applied apply(AppRules rules) throws IOException, InterruptedException {
        if (rules.ports().stream().anyMatch(port -> !port.sources().isEmpty())) {
            return refused(
                    IptablesReason.SOURCES_UNSUPPORTED,
                    "opening "
                            + AppRules.describe(rules.ports())
                            + ": port-authority would open it to everybody; take the sources out of"
                            + " the intent or use the backend nftables");
        }
        Applied applied = changes.ask(rules).get(rules.app());
        if (applied == null) {
            throw new IllegalStateException("no answer for " + rules.app());
        }
        return applied;
    }

    private Map<AppName, Applied> change(List<AppRules> asked)
            throws IOException, InterruptedException {
        Map<AppName, Applied> applied = new LinkedHashMap<>();
        List<AppName> changed = new ArrayList<>();
        Change wanted = Change.of(there(), asked);
        for (AppRules rules : asked) {
            Applied answer = wanted.answers().get(rules.app());
            Applied change = answer instanceof Applied.Refused ? answer : changeFile(rules);
            applied.put(rules.app(), change);
            if (change instanceof Applied.Changed) {
                changed.add(rules.app());
            }
        }
        // Those that lose a port to an app that comes first by name.
        for (AppName loser : losers(wanted.after(), applied.keySet())) {
            changeFile(wanted.after().of(loser));
            changed.add(loser);
        }
        if (!changed.isEmpty()) {
            Optional<Applied> failure = rebuild();
            failure.ifPresent(refused ->
                    changed.forEach(app -> applied.computeIfPresent(app, (_, _) -> refused)));
        }
        return applied;
    }

    /** What the files of ours say, as far as they say anything. */
    private Ruleset there() throws IOException {
        Map<AppName, List<Port>> ports = new HashMap<>();
        for (AppName app : present()) {
            if (observe(app) instanceof Observed.Found found && !found.rules().isEmpty()) {
                ports.put(app, found.rules().ports());
            }
        }
        return Ruleset.found(ports, Policy.none(), Map.of(), List.of());
    }

    private List<AppName> losers(Ruleset after, Set<AppName> asked) throws IOException {
        List<AppName> losers = new ArrayList<>();
        for (AppName app : present()) {
            if (!asked.contains(app)
                    && observe(app) instanceof Observed.Found found
                    && !after.of(app).equals(found.rules())) {
                losers.add(app);
            }
        }
        return losers;
    }

    /**
     * Changed also when only the rebuild is missing. One app's bad file does not hold the others.
     */
    private Applied changeFile(AppRules rules) {
        Path file = file(rules.app());
        String yaml = PortAuthorityYaml.write(rules);
        try {
            Entry entry = ledger.of(rules.app());
            if (rules.isEmpty()) {
                if (entry == Entry.UNKNOWN) {
                    return new Applied.Unchanged();
                }
                ledger.owe(rules.app());
                Files.deleteIfExists(file);
                return new Applied.Changed();
            }
            boolean same = AtomicFile.holds(file, yaml);
            if (same && entry == Entry.SETTLED) {
                return new Applied.Unchanged();
            }
            ledger.owe(rules.app());
            if (!same) {
                AtomicFile.write(file, yaml);
            }
            return new Applied.Changed();
        } catch (IOException e) {
            return refused(IptablesReason.FIREWALL_ERROR, "changing " + file + ": " + e);
        }
    }

    private Optional<Applied> rebuild() throws IOException, InterruptedException {
        Set<AppName> owed = ledger.owed();
        CommandResult result = rebuild.run("");
        String why =
                switch (result) {
                    case CommandResult.NotStarted notStarted -> notStarted.why();
                    case CommandResult.TimedOut timedOut -> "killed after " + timedOut.deadline();
                    case CommandResult.Exited exited when exited.code() != 0 -> exited.summary();
                    case CommandResult.Exited _ -> "";
                };
        if (!why.isEmpty()) {
            return Optional.of(
                    refused(
                            IptablesReason.REBUILD_FAILED,
                            "the files are right, but '" + rebuild + "' failed: " + why));
        }
        for (AppName app : owed) {
            if (Files.exists(file(app), LinkOption.NOFOLLOW_LINKS)) {
                ledger.settle(app);
            } else {
                ledger.forget(app);
            }
        }
        return Optional.empty();
    }

    private Path file(AppName app) {
        return directory.resolve(app + ".yml");
    }

    private static Observed drifted(AppRules rules, String what) {
        return new Observed.Found(rules, Optional.of(what));
    }

    private static Applied refused(IptablesReason reason, String message) {
        return new Applied.Refused(new Trouble(reason, message));
    }
}
