package io.platypus.runtime.actuate;

import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.program.AgentIdentity;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** {@code /actuator/convergence}, and {@code /actuator/convergence/{app}}. */
@Endpoint(id = "convergence")
public final class ConvergenceEndpoint {
    private final AgentIdentity identity;
    private final ConvergenceBoard board;
    private final Supplier<ConvergenceReport.Store> store;

    ConvergenceEndpoint(
            AgentIdentity identity,
            ConvergenceBoard board,
            Supplier<ConvergenceReport.Store> store) {
        this.identity = identity;
        this.board = board;
        this.store = store;
    }

    /** Everything. */
    @ReadOperation
    public ConvergenceReport report() {
        Collection<AppStatus> apps = board.all();
        return new ConvergenceReport(
                identity.name(),
                identity.node().value(),
                identity.version(),
                board.known() && apps.stream().allMatch(AppStatus::converged),
                store.get(),
                apps.stream().map(ConvergenceReport.App::of).toList());
    }

    /** One app; 404 when the agent does not know it. */
    @ReadOperation
    public ConvergenceReport.@Nullable App app(@Selector String app) {
        return board.of(app).map(ConvergenceReport.App::of).orElse(null);
    }
}
