package io.platypus.setlive.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.store.IntentStore;
import io.platypus.store.Write;
import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RestartRequestsIT {
    private static final AppName SLUG = new AppName("slug");
    private static final ClusterName MAIN = new ClusterName("main");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ConsulAgent consul = ConsulAgent.shared();
    private final IntentStore store = new ConsulIntentStore(ConsulSettings.of(consul.url()));
    private final List<AppName> woken = new CopyOnWriteArrayList<>();
    private final RestartRequests requests = new RestartRequests(store, woken::add);

    @BeforeEach
    void clear() {
        consul.clear();
    }

    @AfterEach
    void close() {
        requests.close();
        store.close();
    }

    @Test
    void knowsWhatStandsAndWakesForWhatIsNew() throws Exception {
        put("restart/slug/main", "{\"id\": \"1\", \"by\": \"ana\", \"why\": \"leak\"}");
        requests.start();
        await().atMost(PATIENCE).until(() -> woken.contains(SLUG));
        assertThat(requests.of(SLUG, MAIN)).contains(new RestartRequest("1", "ana", "leak"));
        assertThat(requests.of(SLUG, new ClusterName("other"))).isEmpty();
        woken.clear();
        put("restart/slug/main", "{\"id\": \"2\"}");
        await().atMost(PATIENCE).until(() -> woken.contains(SLUG));
        assertThat(requests.of(SLUG, MAIN).orElseThrow().id()).isEqualTo("2");
        consul.send("DELETE", "/v1/kv/restart/slug/main", "");
        await().atMost(PATIENCE).until(() -> requests.of(SLUG, MAIN).isEmpty());
    }

    @Test
    void aRequestThatCannotBeReadIsIgnoredAndTheOthersAreNot() throws Exception {
        put("restart/slug/main", "{\"id\": \"no; such id\"}");
        put("restart/slug/other", "not JSON");
        put("restart/snail/main", "{\"id\": \"7\"}");
        put("restart/deep/er/key", "{\"id\": \"7\"}");
        requests.start();
        await().atMost(PATIENCE).until(() -> woken.contains(new AppName("snail")));
        assertThat(requests.of(SLUG, MAIN)).isEmpty();
        assertThat(requests.of(new AppName("snail"), MAIN)).isPresent();
    }

    private void put(String key, String value) throws Exception {
        assertThat(store.commit(List.of(new Write.Put(key, value, Write.ANY)))).isTrue();
    }
}
