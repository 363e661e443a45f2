package io.platypus.runtime.program;

import io.platypus.intent.Printable;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeWatch;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.reality.RealityWriter;
import io.platypus.runtime.reconcile.ReconcileLoop;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts and stops the loop and what feeds it, last up and first down in the application. */
final class AgentLifecycle implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(AgentLifecycle.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);
    private static final int STORE_NOT_READ = 1;
    private static final int NOT_CONVERGED = 3;

    private final ReconcileLoop loop;
    private final NodeWatch watch;
    private final RealityWriter reality;
    private final OneTime oneTime;
    private final Mode mode;
    private volatile boolean running;

    /** What a single pass needs. */
    record OneTime(NodeReader reader, ConvergenceBoard board, Duration longest) {}

    /** What runs, and how it was asked to. */
    record Mode(AgentIdentity identity, String store, boolean once, boolean dryRun) {}

    AgentLifecycle(
            ReconcileLoop loop,
            NodeWatch watch,
            RealityWriter reality,
            OneTime oneTime,
            Mode mode) {
        this.loop = loop;
        this.watch = watch;
        this.reality = reality;
        this.oneTime = oneTime;
        this.mode = mode;
    }

    @Override
    public void start() {
        running = true;
        log.atInfo()
                .addKeyValue("agent", mode.identity().name())
                .addKeyValue("version", mode.identity().version())
                .addKeyValue("node", mode.identity().node())
                .addKeyValue("store", mode.store())
                .addKeyValue("pid", ProcessHandle.current().pid())
                .log("agent starts");
        if (!mode.dryRun()) {
            reality.start();
        }
        if (!mode.once()) {
            loop.start();
            watch.start();
        }
    }

    /** Ends everything within seconds, in the middle of anything. */
    @Override
    public void stop() {
        running = false;
        watch.close();
        try {
            if (!loop.stop(LONGEST_STOP)) {
                log.atWarn().log("a pass did not end in time; the next start goes on from there");
            }
            reality.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.atInfo().addKeyValue("agent", mode.identity().name()).log("agent has stopped");
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Makes the single pass if one was asked for: its exit code, or empty. */
    Optional<Integer> runOnceIfAsked() throws InterruptedException {
        if (!mode.once()) {
            return Optional.empty();
        }
        try {
            loop.runOnce(oneTime.reader().view(), oneTime.longest());
        } catch (StoreException e) {
            log.atError()
                    .addKeyValue("error", Printable.line(String.valueOf(e.getMessage())))
                    .log("intent store not read");
            return Optional.of(STORE_NOT_READ);
        }
        boolean converged = oneTime.board().all().stream().allMatch(AppStatus::converged);
        return Optional.of(converged ? 0 : NOT_CONVERGED);
    }
}
