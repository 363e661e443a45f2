package io.platypus.iptables.traffic;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Counts packets and bytes for each app that has rules, from what the firewall shows at each look.
 * A counter that somebody took away begins at 0 in the kernel, and goes on here. For use by many
 * threads at once.
 */
public final class TrafficMeters implements Consumer<Ruleset> {
    private final MeterRegistry registry;
    private final Map<AppName, Total> totals = new ConcurrentHashMap<>();

    /** Nothing is counted yet. */
    public TrafficMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public synchronized void accept(Ruleset seen) {
        seen.traffic().forEach((app, now) -> totals.computeIfAbsent(app, this::register).see(now));
        totals.keySet().stream()
                .filter(app -> !seen.traffic().containsKey(app) && !seen.apps().containsKey(app))
                .toList()
                .forEach(this::forget);
    }

    private Total register(AppName app) {
        Total total = new Total();
        total.meters =
                List.of(
                        counter("packets", app, total, Total::packets),
                        counter("bytes", app, total, Total::bytes));
        return total;
    }

    private Meter counter(String what, AppName app, Total total, ToDoubleFunction<Total> value) {
        return FunctionCounter.builder("platypus.iptables." + what, total, value)
                .description("What an app's rules accepted, in " + what)
                .tag("app", app.value())
                .register(registry);
    }

    private void forget(AppName app) {
        Optional.ofNullable(totals.remove(app))
                .ifPresent(total -> total.meters.forEach(registry::remove));
    }

    /** What was counted in all, and what the kernel showed last. */
    private static final class Total {
        private List<Meter> meters = List.of();
        private Traffic sum = Traffic.NONE;
        private Traffic last = Traffic.NONE;

        synchronized void see(Traffic now) {
            // Less than before: somebody took the rules away, and what was counted since is lost.
            sum =
                    sum.plus(
                            new Traffic(
                                    Math.max(0, now.packets() - last.packets()),
                                    Math.max(0, now.bytes() - last.bytes())));
            last = now;
        }

        synchronized double packets() {
            return sum.packets();
        }

        synchronized double bytes() {
            return sum.bytes();
        }
    }
}
