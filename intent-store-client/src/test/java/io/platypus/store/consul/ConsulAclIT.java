package io.platypus.store.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.store.Consistency;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.testing.ConsulAgent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** With ACLs on and everything denied by default. */
@Timeout(120)
class ConsulAclIT {
    private static final String MASTER = UUID.randomUUID().toString();
    private static final String READER = UUID.randomUUID().toString();
    private static final String STRANGER = UUID.randomUUID().toString();
    private static final ConsulAgent AGENT =
            ConsulAgent.start(
                    "primary_datacenter = \"dc1\"",
                    "acl { enabled = true default_policy = \"deny\" tokens { master = \""
                            + MASTER
                            + "\" } }");

    @TempDir static Path directory;

    @BeforeAll
    static void writeIntentAndTokens() throws Exception {
        try (ConsulIntentStore store = store(MASTER)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> put(store, "nodes/web1/slug"));
            put(store, "nodes/web2/slug");
        }
        policy("reader", "key_prefix \"nodes/web1/\" { policy = \"read\" }");
        policy("stranger", "key_prefix \"elsewhere/\" { policy = \"write\" }");
        token(READER, "reader");
        token(STRANGER, "stranger");
    }

    @AfterAll
    static void stop() {
        AGENT.close();
    }

    /** Why there is a sentinel: a policy that expired looks like intent that was deleted. */
    @Test
    void listingWithoutPermissionIsEmptyAndNoError() throws Exception {
        try (ConsulIntentStore store = store(STRANGER)) {
            for (Consistency consistency : Consistency.values()) {
                assertThat(store.list("nodes/web1/", consistency).entries()).isEmpty();
            }
        }
        try (ConsulIntentStore anonymous = new ConsulIntentStore(ConsulSettings.of(AGENT.url()))) {
            assertThat(anonymous.list("nodes/web1/", Consistency.CONSISTENT).entries()).isEmpty();
        }
    }

    @Test
    void readerReadsItsOwnNodeAlone() throws Exception {
        try (ConsulIntentStore store = store(READER)) {
            assertThat(store.list("nodes/", Consistency.CONSISTENT).entries())
                    .containsOnlyKeys("nodes/web1/slug");
        }
    }

    /** Consul would show it a queue in which it stands alone. */
    @Test
    void whoMayReadBarelyItsOwnPlaceDoesNotTakeItselfForTheFirst() throws Exception {
        policy(
                "loner",
                "key_prefix \"locks/slug/main/web2\" { policy = \"write\" }"
                        + " session_prefix \"\" { policy = \"write\" }");
        String loner = UUID.randomUUID().toString();
        token(loner, "loner");
        try (ConsulLocks all = new ConsulLocks(settings(MASTER));
                ConsulLocks one = new ConsulLocks(settings(loner))) {
            String first = all.begin("web1", Duration.ofSeconds(30));
            String second = one.begin("web2", Duration.ofSeconds(30));
            assertThat(all.enter("locks/slug/main/web1", first, "{}")).isTrue();
            assertThat(one.enter("locks/slug/main/web2", second, "{}")).isTrue();
            assertThat(all.queue("locks/slug/main/")).hasSize(2);
            assertThatThrownBy(() -> one.queue("locks/slug/main/"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("answered 403");
        }
    }

    @Test
    void documentWithoutPermissionIsAnError() throws Exception {
        try (ConsulIntentStore store = store(STRANGER)) {
            assertThatThrownBy(() -> store.get("nodes/web1/slug", Consistency.CONSISTENT))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("answered 403")
                    .hasMessageContaining("/v1/kv/nodes/web1/slug");
        }
    }

    /** Consul says 409 for it, as for a faster writer; retrying would never help. */
    @Test
    void writingWithoutPermissionIsAnErrorAndNoConflict() throws Exception {
        List<Write> one = List.of(new Write.Put("nodes/web1/slug", "x", Write.ANY));
        List<Write> delete = List.of(new Write.Delete("nodes/web1/slug", Write.ANY));
        List<Write> two =
                List.of(one.getFirst(), new Write.Put("nodes/web1/other", "x", Write.ABSENT));
        try (ConsulIntentStore store = store(READER)) {
            for (List<Write> writes : List.of(one, delete, two)) {
                assertThatThrownBy(() -> store.commit(writes))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("ermission denied");
            }
        }
    }

    @Test
    void tokenFileIsReadAgainAndNeverShown() throws Exception {
        Path file = directory.resolve("rotated");
        String unknown = UUID.randomUUID().toString();
        Files.writeString(file, unknown);
        try (ConsulIntentStore store = storeWithFile(file)) {
            assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.CONSISTENT))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("403")
                    .hasMessageNotContaining(unknown)
                    .hasStackTraceContaining("ConsulIntentStore")
                    .extracting(ConsulAclIT::trace)
                    .asString()
                    .doesNotContain(unknown);
            Files.writeString(file, READER + "\n");
            assertThat(store.list("nodes/web1/", Consistency.CONSISTENT).entries()).hasSize(1);
            Files.writeString(file, "two words");
            assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.CONSISTENT))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageNotContaining("two words");
            Files.delete(file);
            assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.CONSISTENT))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    private static String trace(Throwable failure) {
        StringWriter out = new StringWriter();
        failure.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }

    private static boolean put(ConsulIntentStore store, String key) throws Exception {
        return store.commit(List.of(new Write.Put(key, "{}", Write.ANY)));
    }

    private static ConsulIntentStore store(String token) throws Exception {
        return storeWithFile(
                Files.writeString(Files.createTempFile(directory, "token", ""), token));
    }

    private static ConsulIntentStore storeWithFile(Path file) {
        return new ConsulIntentStore(settings(file));
    }

    private static ConsulSettings settings(String token) throws Exception {
        return settings(Files.writeString(Files.createTempFile(directory, "token", ""), token));
    }

    private static ConsulSettings settings(Path file) {
        return new ConsulSettings(
                AGENT.url(), Optional.of(file), Optional.of("dc1"), Optional.empty());
    }

    private static void policy(String name, String rules) {
        var body = new JsonMapper().createObjectNode().put("Name", name).put("Rules", rules);
        AGENT.send("PUT", "/v1/acl/policy?token=" + MASTER, body.toString());
    }

    private static void token(String secret, String policy) {
        var body = new JsonMapper().createObjectNode().put("SecretID", secret);
        body.putArray("Policies").addObject().put("Name", policy);
        AGENT.send("PUT", "/v1/acl/token?token=" + MASTER, body.toString());
    }
}
