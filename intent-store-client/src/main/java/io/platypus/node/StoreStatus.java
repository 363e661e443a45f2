package io.platypus.node;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether the store answers.
 *
 * @param up whether the last attempt to read the node's assignments succeeded
 * @param since when that became so; the start of the watch before the first answer
 * @param lastContact when the store last answered, if ever
 * @param error what the last failure was, while down
 */
public record StoreStatus(
        boolean up, Instant since, Optional<Instant> lastContact, Optional<String> error) {

    static StoreStatus unknown(Instant now) {
        return new StoreStatus(false, now, Optional.empty(), Optional.of("not read yet"));
    }

    StoreStatus answered(Instant now) {
        return new StoreStatus(true, up ? since : now, Optional.of(now), Optional.empty());
    }

    StoreStatus failed(Instant now, String message) {
        return new StoreStatus(false, up ? now : since, lastContact, Optional.of(message));
    }
}
