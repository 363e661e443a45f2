package io.platypus.store.consul;

import io.platypus.lock.Contender;
import io.platypus.lock.Locks;
import io.platypus.store.Keys;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * Sessions of Consul, and keys that they hold. A key that Consul deletes with its session is a
 * place; {@code CreateIndex} is the order of arrival.
 *
 * <p>The sessions have no checks, so that nothing but their time ends them: with the usual {@code
 * serfHealth} a partition would end one that its owner still believes in. They have no lock-delay:
 * it protects a single key, no two nodes share one, and it would only keep a node from its own.
 *
 * @see <a href="https://developer.hashicorp.com/consul/docs/dynamic-app-config/sessions">Sessions
 *     </a>
 */
public final class ConsulLocks implements Locks, AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    /** Half of the shortest TTL: a renewal that hangs must leave time for another. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** Never written; no node has such a name. */
    private static final String PROBE = ".queue";

    private final ConsulHttp http;

    /** Connects with the first call. */
    public ConsulLocks(ConsulSettings settings) {
        this(new ConsulHttp(settings, DEADLINE, ConsulHttp.MAX_ANSWER));
    }

    ConsulLocks(ConsulHttp http) {
        this.http = http;
    }

    @Override
    public String begin(String name, Duration ttl) throws StoreException, InterruptedException {
        ConsulAnswer answer =
                http.send(
                        ConsulRequest.put(
                                "/v1/session/create", List.of(), LockDocuments.session(name, ttl)));
        if (answer.status() != OK) {
            throw answer.refused();
        }
        return LockDocuments.sessionId(answer);
    }

    @Override
    public boolean renew(String session) throws StoreException, InterruptedException {
        ConsulAnswer answer = put("/v1/session/renew/" + ConsulRequest.encode(session));
        return switch (answer.status()) {
            case OK -> true;
            case NOT_FOUND -> {
                // Of Consul itself, not of a proxy before it: a session is not to be lost by that.
                if (!answer.body().contains("not found")) {
                    throw answer.refused();
                }
                yield false;
            }
            default -> throw answer.refused();
        };
    }

    @Override
    public void end(String session) throws StoreException, InterruptedException {
        ConsulAnswer answer = put("/v1/session/destroy/" + ConsulRequest.encode(session));
        if (answer.status() != OK) {
            throw answer.refused();
        }
    }

    private ConsulAnswer put(String path) throws StoreException, InterruptedException {
        return http.send(ConsulRequest.put(path, List.of(), ""));
    }

    @Override
    public boolean enter(String key, String session, String value)
            throws StoreException, InterruptedException {
        ConsulAnswer answer =
                http.send(
                        ConsulRequest.put(
                                path(Keys.require(key)),
                                List.of("acquire=" + ConsulRequest.encode(session)),
                                value));
        return switch (answer.status() == OK ? answer.body().strip() : "") {
            case "true" -> true;
            case "false" -> false;
            default -> throw answer.refused();
        };
    }

    @Override
    public boolean takeOver(Contender seen, String session, String value)
            throws StoreException, InterruptedException {
        return transaction(LockDocuments.takeOver(seen, session, value));
    }

    @Override
    public void leave(String key, String session) throws StoreException, InterruptedException {
        transaction(LockDocuments.leave(Keys.require(key), session));
    }

    /** Whether it was made; {@code false} when the key is not the session's. */
    private boolean transaction(String body) throws StoreException, InterruptedException {
        ConsulAnswer answer = http.send(ConsulRequest.put("/v1/txn", List.of(), body));
        return switch (answer.status()) {
            case OK -> true;
            case 409 -> {
                if (!LockDocuments.isAnothers(answer)) {
                    throw answer.refused();
                }
                yield false;
            }
            default -> throw answer.refused();
        };
    }

    /**
     * {@inheritDoc} Consul leaves out of a listing what may not be read, and says so for a single
     * key only: hence the key that is asked for first.
     */
    @Override
    public List<Contender> queue(String prefix) throws StoreException, InterruptedException {
        Keys.requirePrefix(prefix);
        String probe = prefix + PROBE;
        KeyValues.listing(http.send(ConsulRequest.get(path(probe), List.of("consistent"))), probe);
        ConsulAnswer answer =
                http.send(ConsulRequest.get(path(prefix), List.of("recurse", "consistent")));
        KeyValues.listing(answer, prefix);
        return LockDocuments.queue(answer);
    }

    private static String path(String key) {
        return "/v1/kv/" + ConsulRequest.encode(key);
    }

    /** {@inheritDoc} Calls under way end with a {@link StoreException}. */
    @Override
    public void close() {
        http.close();
    }
}
