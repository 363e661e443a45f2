package io.platypus.runtime.actuate;

import io.platypus.node.StoreStatus;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the intent store answers, as the watch last saw it: asks nothing itself. */
final class IntentStoreHealthIndicator implements HealthIndicator {
    private final String store;
    private final Supplier<StoreStatus> status;

    IntentStoreHealthIndicator(String store, Supplier<StoreStatus> status) {
        this.store = store;
        this.status = status;
    }

    @Override
    public Health health() {
        StoreStatus now = status.get();
        Health.Builder health = now.up() ? Health.up() : Health.down();
        health.withDetail("store", store).withDetail("since", now.since().toString());
        now.lastContact().ifPresent(at -> health.withDetail("lastContact", at.toString()));
        now.error().ifPresent(error -> health.withDetail("error", error));
        return health.build();
    }
}
