package io.platypus.setlive.health;

import io.platypus.intent.Probe;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Runs one probe; blocks for no longer than its timeout and a little. */
final class Prober implements AutoCloseable {
    /** A process that is up this long counts as started, where nothing better can be asked. */
    static final Duration UP = Duration.ofSeconds(1);

    private final Clock clock;
    private final HttpProbe http = new HttpProbe();

    Prober(Clock clock) {
        this.clock = clock;
    }

    ProbeResult probe(Check check, Instance instance) throws InterruptedException {
        if (check.probe().isEmpty()) {
            return up(instance);
        }
        try {
            return switch (check.probe().get()) {
                case Probe.Http probe -> http.probe(probe, check.timeout());
                case Probe.Tcp(int port) -> TcpProbe.probe(port, check.timeout());
                case Probe.Exec(String command) ->
                        ExecProbe.probe(command, instance, check.timeout());
            };
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("while probing " + instance.definition().app());
            }
            return new ProbeResult.Failed(e.toString());
        }
    }

    private ProbeResult up(Instance instance) {
        Instant now = clock.instant();
        boolean young = instance.started().map(at -> now.isBefore(at.plus(UP))).orElse(false);
        return young
                ? new ProbeResult.Failed("the process has been up for less than " + UP)
                : new ProbeResult.Passed();
    }

    @Override
    public void close() {
        http.close();
    }
}
