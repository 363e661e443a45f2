import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.nft.NftPlaces;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.PolicySwitch;
import io.platypus.iptables.firewall.ruleset.Reachability;
import io.platypus.iptables.firewall.ruleset.RulesetFirewall;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.Observed;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * 10,000 ports of 1,000 apps in the kernel, against {@code nft -f} of the same rules; both sides by
 * turns. Run by scripts/bench-firewall in a network namespace of its own, never in the host's.
 */
public final class FirewallBenchmark {
    private static final int APPS = 1_000;
    private static final int PORTS = 10;
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = Integer.getInteger("rounds", 9);
    private static final double LONGEST_PASS_MILLIS = 150;

    private final Command nft = new Command(List.of("nft"), Duration.ofSeconds(60));
    private final Path rules = Files.createTempFile("firewall", ".nft");
    private final Map<String, Double> budgets = new LinkedHashMap<>();
    private final Map<String, List<Double>> ratios = new LinkedHashMap<>();
    private final PrintWriter raw;

    private FirewallBenchmark(PrintWriter raw) throws Exception {
        this.raw = raw;
        raw.println("case,ours_ms,raw_ms");
    }

    /** Exits 1 when a case is over its budget. */
    public static void main(String[] args) throws Exception {
        Path results = Path.of("benchmarks/results/firewall.csv");
        Files.createDirectories(results.getParent());
        boolean good;
        try (PrintWriter raw = new PrintWriter(Files.newBufferedWriter(results))) {
            good = new FirewallBenchmark(raw).run();
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run() throws Exception {
        List<AppRules> apps = IntStream.range(0, APPS).mapToObj(FirewallBenchmark::app).toList();
        Files.delete(rules);
        each(firewall(NftPlaces.file(rules, Policy.none())), apps, RulesetFirewall::apply);
        for (int round = -WARM_UPS; round < ROUNDS; round++) {
            round(apps, round);
        }
        Files.delete(rules);
        nft("flush ruleset");
        boolean good = true;
        for (Map.Entry<String, List<Double>> each : ratios.entrySet()) {
            List<Double> sorted = each.getValue().stream().sorted().toList();
            double median = sorted.get(sorted.size() / 2);
            double budget = budgets.get(each.getKey());
            good &= median <= budget;
            System.out.printf(
                    "%s ratio=%.2f budget=%.2f %s%n",
                    each.getKey(), median, budget, median <= budget ? "OK" : "OVER");
        }
        return good;
    }

    private void round(List<AppRules> apps, int round) throws Exception {
        // Whichever is first has a colder kernel.
        double rawMillis = round % 2 == 0 ? raw() : 0;
        nft("flush ruleset");
        RulesetFirewall agent = firewall(NftPlaces.table(nft));
        // What a pass sees first is no part of applying.
        each(agent, apps, (firewall, app) -> firewall.observe(app.app()));
        double apply = millis(() -> each(agent, apps, RulesetFirewall::apply));
        double unchanged = millis(() -> each(agent, apps, FirewallBenchmark::isInForce));
        AppRules changed = new AppRules(apps.get(500).app(), List.of(Port.tcp(7)));
        agent.observe(changed.app());
        double one = millis(() -> agent.apply(changed));
        check(agent.observe(changed.app()).equals(Observed.inForce(changed)));
        rawMillis = round % 2 == 0 ? rawMillis : raw();
        if (round >= 0) {
            report("firewall-apply-10000", 1.25, apply, rawMillis);
            report("firewall-unchanged-10000-per-150ms", 1.0, unchanged, LONGEST_PASS_MILLIS);
            report("firewall-one-app-of-1000", 1.0, one, rawMillis);
        }
    }

    private double raw() throws Exception {
        nft("flush ruleset");
        return millis(() -> {
            nft("include \"" + rules + "\"");
            return null;
        });
    }

    private interface Pass {
        Object run(RulesetFirewall firewall, AppRules app) throws Exception;
    }

    /** As the loop does: a virtual thread for each app's pass, all at once. */
    private static Object each(RulesetFirewall firewall, List<AppRules> apps, Pass pass)
            throws Exception {
        List<Future<Object>> passes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (AppRules app : apps) {
                passes.add(threads.submit(() -> pass.run(firewall, app)));
            }
        }
        for (Future<Object> each : passes) {
            check(!(each.get() instanceof Applied.Refused) && !each.get().equals(false));
        }
        return passes;
    }

    private static Object isInForce(RulesetFirewall firewall, AppRules app) throws Exception {
        return firewall.observe(app.app()).equals(Observed.inForce(app));
    }

    private static RulesetFirewall firewall(
            RulesetPlace place) {
        Reachability always =
                new Reachability() {
                    @Override
                    public Optional<String> unreachable() {
                        return Optional.empty();
                    }

                    @Override
                    public String describe() {
                        return "nothing";
                    }
                };
        Duration patience = Duration.ofMinutes(1);
        return new RulesetFirewall(
                place,
                new PolicySwitch(
                        Policy.none(), Optional.empty(), always, InstantSource.system(), patience),
                _ -> {},
                patience);
    }

    /** Ten ports, none beside another: those would become one range. */
    private static AppRules app(int number) {
        return new AppRules(
                new AppName("app%04d".formatted(number)),
                IntStream.range(0, PORTS)
                        .mapToObj(i -> Port.tcp(20_001 + 2 * (number * PORTS + i)))
                        .toList());
    }

    private void nft(String script) throws Exception {
        var result = nft.with("-f", "-").run(script + "\n");
        check(
                result instanceof CommandResult.Exited exited
                        && exited.code() == 0);
    }

    private void report(String name, double budget, double ours, double other) {
        budgets.put(name, budget);
        ratios.computeIfAbsent(name, _ -> new ArrayList<>()).add(ours / other);
        raw.printf("%s,%.1f,%.1f%n", name, ours, other);
    }

    private static double millis(Callable<?> work) throws Exception {
        long begun = System.nanoTime();
        work.call();
        return (System.nanoTime() - begun) / 1e6;
    }

    private static void check(boolean fine) {
        if (!fine) {
            throw new IllegalStateException("the benchmark itself failed");
        }
    }
}
