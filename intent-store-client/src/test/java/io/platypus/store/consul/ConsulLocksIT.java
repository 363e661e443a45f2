package io.platypus.store.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.platypus.lock.Contender;
import io.platypus.store.StoreException;
import io.platypus.testing.ConsulAgent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions and queues on a real Consul. */
@Timeout(120)
class ConsulLocksIT {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final String QUEUE = "locks/slug/main/";
    private final ConsulAgent agent = ConsulAgent.shared();
    private final ConsulLocks locks = new ConsulLocks(ConsulSettings.of(agent.url()));

    @BeforeEach
    void clear() {
        agent.clear();
    }

    @AfterEach
    void close() {
        locks.close();
    }

    @Test
    void aQueueIsInTheOrderOfArrivalWhateverTheNames() throws Exception {
        String one = locks.begin("one", TTL);
        String two = locks.begin("two", TTL);
        assertThat(locks.queue(QUEUE)).isEmpty();
        assertThat(locks.enter(QUEUE + "web2", one, "{\"ü\":1}")).isTrue();
        assertThat(locks.enter(QUEUE + "web1", two, "{}")).isTrue();
        assertThat(locks.enter(QUEUE + "web2", one, "{\"ü\":2}")).isTrue();
        assertThat(locks.queue(QUEUE))
                .extracting(Contender::key, Contender::session, Contender::value)
                .containsExactly(
                        tuple(QUEUE + "web2", one, "{\"ü\":2}"), tuple(QUEUE + "web1", two, "{}"));
    }

    @Test
    void aKeyThatNoSessionHoldsIsNobodysPlace() throws Exception {
        agent.send("PUT", "/v1/kv/" + QUEUE + "aaa", "by hand");
        assertThat(locks.queue(QUEUE)).isEmpty();
        String one = locks.begin("one", TTL);
        assertThat(locks.enter(QUEUE + "aaa", one, "{}")).isTrue();
        assertThat(locks.queue(QUEUE)).hasSize(1);
    }

    @Test
    void aPlaceEndsWithItsSessionAndCanBeTakenAtOnce() throws Exception {
        String one = locks.begin("one", TTL);
        assertThat(locks.enter(QUEUE + "web1", one, "{}")).isTrue();
        String two = locks.begin("two", TTL);
        assertThat(locks.enter(QUEUE + "web1", two, "{}")).isFalse();
        locks.end(one);
        locks.end(one);
        assertThat(locks.queue(QUEUE)).isEmpty();
        assertThat(locks.enter(QUEUE + "web1", two, "{}")).isTrue();
    }

    @Test
    void aSessionIsRenewedUntilItHasEnded() throws Exception {
        String one = locks.begin("one", TTL);
        assertThat(locks.renew(one)).isTrue();
        locks.end(one);
        assertThat(locks.renew(one)).isFalse();
        assertThatThrownBy(() -> locks.enter(QUEUE + "web1", one, "{}"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("invalid session");
    }

    /** A node that loses touch with the others must not lose its lease before its time. */
    @Test
    void nothingButItsTimeEndsASession() throws Exception {
        locks.begin("one", TTL);
        String sessions = agent.send("GET", "/v1/session/list", "").replaceAll("\\s", "");
        assertThat(sessions)
                .contains("\"NodeChecks\":[]", "\"LockDelay\":0", "\"Behavior\":\"delete\"")
                .doesNotContain("serfHealth");
    }

    @Test
    void aPlaceIsTakenOverWhereItStands() throws Exception {
        String old = locks.begin("old", TTL);
        String other = locks.begin("other", TTL);
        String fresh = locks.begin("fresh", TTL);
        assertThat(locks.enter(QUEUE + "web1", old, "{}")).isTrue();
        assertThat(locks.enter(QUEUE + "web2", other, "{}")).isTrue();
        Contender seen = locks.queue(QUEUE).getFirst();
        assertThat(locks.takeOver(seen, fresh, "{\"new\":true}")).isTrue();
        assertThat(locks.takeOver(seen, other, "{}")).isFalse();
        List<Contender> queue = locks.queue(QUEUE);
        assertThat(queue.getFirst().session()).isEqualTo(fresh);
        assertThat(queue.getFirst().arrived()).isEqualTo(seen.arrived());
        assertThat(queue.getFirst().value()).isEqualTo("{\"new\":true}");
        assertThat(queue.getLast().session()).isEqualTo(other);
        locks.leave(QUEUE + "web1", fresh);
        assertThat(locks.takeOver(seen, other, "{}")).isFalse();
    }

    @Test
    void nobodyRemovesThePlaceOfAnother() throws Exception {
        String one = locks.begin("one", TTL);
        String two = locks.begin("two", TTL);
        assertThat(locks.enter(QUEUE + "web1", one, "{}")).isTrue();
        locks.leave(QUEUE + "web1", two);
        assertThat(locks.queue(QUEUE)).hasSize(1);
        locks.leave(QUEUE + "web1", one);
        locks.leave(QUEUE + "web1", one);
        assertThat(locks.queue(QUEUE)).isEmpty();
    }
}
