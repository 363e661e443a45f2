package io.platypus.store.consul;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.store.Consistency;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sick agent, or something that is no agent, may answer. */
@Timeout(30)
class ConsulFailuresTest {
    private static final int LARGEST = 10_000;
    private static final Listing NOTHING = new Listing(7, new TreeMap<>());

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final URI url = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    private final ConsulIntentStore store = store(Duration.ofSeconds(10));

    /** Only for servers that never answer: the first call of a cold machine may take longer. */
    private final ConsulIntentStore impatient = store(Duration.ofMillis(400));

    ConsulFailuresTest() throws IOException {}

    private ConsulIntentStore store(Duration deadline) {
        return new ConsulIntentStore(new ConsulHttp(ConsulSettings.of(url), deadline, LARGEST));
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        impatient.close();
        threads.shutdownNow();
        socket.close();
    }

    /** Each connection gets these bytes and is then kept open, or closed. */
    private void serve(String answer, boolean keepOpen) {
        Future<?> _ =
                threads.submit(() -> {
                    while (true) {
                        Socket connection = socket.accept();
                        Future<?> _ = threads.submit(() -> answer(connection, answer, keepOpen));
                    }
                });
    }

    private static Void answer(Socket connection, String answer, boolean keepOpen)
            throws Exception {
        try (connection) {
            connection.getInputStream().read(new byte[8192]);
            connection.getOutputStream().write(answer.getBytes(UTF_8));
            connection.getOutputStream().flush();
            if (!keepOpen) {
                connection.shutdownOutput();
            }
            // Read to the end, which comes when the client closes: closing with a part of the
            // request unread would reset the connection, and the answer be lost.
            while (connection.getInputStream().read() >= 0) {}
        }
        return null;
    }

    private static String answer(int status, String headers, String body) {
        return "HTTP/1.1 "
                + status
                + " X\r\nContent-Length: "
                + body.getBytes(UTF_8).length
                + "\r\n"
                + headers
                + "\r\n"
                + body;
    }

    private void listFails(String... messages) {
        listFails(store, messages);
    }

    private void listFails(ConsulIntentStore store, String... messages) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.STALE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("GET " + url + "/v1/kv/nodes/web1/?recurse&stale")
                .satisfies(e -> assertThat(e.getMessage()).contains(messages).hasSizeLessThan(500));
        assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(5));
    }

    @Test
    void anAnswerOfAServerThatWasLongWithoutALeaderIsOld() {
        String cut = "X-Consul-Index: 9\r\nX-Consul-KnownLeader: false\r\n";
        serve(answer(200, cut + "X-Consul-LastContact: 61000\r\n", "[]"), false);

        listFails("no leader for 61000 ms");
    }

    @Test
    void aServerThatHasJustLostItsLeaderStillServesTheWatch() throws Exception {
        String cut = "X-Consul-Index: 9\r\nX-Consul-KnownLeader: false\r\n";
        serve(answer(200, cut + "X-Consul-LastContact: 5000\r\n", "[]"), false);

        assertThat(store.list("nodes/web1/", Consistency.STALE).index()).isEqualTo(9);
    }

    @Test
    void whatAclsHaveThinnedOutIsNoConsistentReading() throws Exception {
        String thinned = "X-Consul-Index: 9\r\nX-Consul-Results-Filtered-By-ACLs: true\r\n";
        serve(answer(200, thinned, "[]"), false);

        assertThat(store.list("nodes/web1/", Consistency.STALE).index()).isEqualTo(9);
        assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.CONSISTENT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("ACLs have filtered the answer");
    }

    @Test
    void silentServerEndsWithTheDeadline() {
        serve("", true);

        listFails(impatient, "no complete answer within 400 ms");
    }

    @Test
    void silentServerEndsAWatchSoonAfterItsTime() {
        serve("", true);

        assertThatThrownBy(() -> impatient.await("nodes/web1/", NOTHING, Duration.ofMillis(160)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("index=7")
                .hasMessageContaining("no complete answer within 5");
    }

    @Test
    void bodyThatStallsEndsWithTheDeadline() {
        serve("HTTP/1.1 200 OK\r\nX-Consul-Index: 9\r\nContent-Length: 900\r\n\r\n[{", true);

        listFails(impatient, "no complete answer within 400 ms");
    }

    @Test
    void bodyThatEndsEarlyIsNoListing() {
        serve("HTTP/1.1 200 OK\r\nX-Consul-Index: 9\r\nContent-Length: 900\r\n\r\n[]", false);

        listFails("fixed content-length");
    }

    @Test
    void closedConnectionIsExplained() {
        serve("", false);

        listFails("the agent closed the connection", "http_max_conns_per_client");
    }

    @Test
    void nobodyListeningIsExplained() throws Exception {
        socket.close();

        listFails("is the Consul agent running?");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 403, 429, 413, 301, 201, 503})
    void statusIsToldWithTheBeginningOfTheText(int status) {
        serve(
                answer(status, "X-Consul-Index: 9\r\n", "No cluster leader\n" + "x".repeat(999)),
                false);

        listFails("answered " + status, "No cluster leader");
        assertThatThrownBy(() ->
                        store.commit(
                                List.of(
                                        new Write.Delete("a", Write.ANY),
                                        new Write.Delete("b", Write.ANY))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("PUT " + url + "/v1/txn")
                .hasMessageContaining("answered " + status);
        assertThatThrownBy(() -> store.commit(List.of(new Write.Put("a", "", Write.ANY))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("PUT " + url + "/v1/kv/a")
                .hasMessageContaining("answered " + status);
    }

    /** A 404 of a proxy or a wrong URL must not pass for an empty store. */
    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void answerWithoutIndexIsNotConsuls(int status) {
        serve(answer(status, "", "[]"), false);

        listFails("X-Consul-Index", "is this the address of a Consul agent?");
    }

    @Test
    void emptyListingOfConsulIsEmpty() throws Exception {
        serve(answer(404, "X-Consul-Index: 9\r\n", ""), false);

        assertThat(store.list("nodes/web1/", Consistency.STALE))
                .isEqualTo(new Listing(9, new TreeMap<>()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "",
                "{}",
                "[{",
                "[1]",
                "[{}]",
                "[{\"Key\": \"nodes/web1/a\", \"Value\": 7, \"ModifyIndex\": 3}]",
                "[{\"Key\": \"nodes/web1/a\", \"Value\": \"e30=\"}]",
                "[{\"Key\": \"nodes/web1/a\", \"Value\": \"e30=\", \"ModifyIndex\": 0}]",
                "[{\"Key\": \"nodes/web2/a\", \"Value\": \"e30=\", \"ModifyIndex\": 3}]",
                "[{\"Key\": \"nodes/web1/a\", \"Value\": \"!!\", \"ModifyIndex\": 3}]"
            })
    void nonsenseIsNoListing(String body) {
        serve(answer(200, "X-Consul-Index: 9\r\n", body), false);

        listFails("the answer ");
    }

    @Test
    void documentThatIsNotUtf8IsReadAndFoldersAreNot() throws Exception {
        serve(
                answer(
                        200,
                        "X-Consul-Index: 9\r\n",
                        """
                        [{"Key": "nodes/web1/", "Value": null, "ModifyIndex": 3},
                         {"Key": "nodes/web1/a", "Value": null, "ModifyIndex": 3},
                         {"Key": "nodes/web1/b", "Value": "/w==", "ModifyIndex": 4}]
                        """),
                false);

        Listing listing = store.list("nodes/web1/", Consistency.STALE);

        assertThat(listing.entries()).containsOnlyKeys("nodes/web1/a", "nodes/web1/b");
        assertThat(listing.entries().values())
                .extracting(e -> e.value() + " " + e.version())
                .containsExactly(" 3", "\ufffd 4");
    }

    @Test
    void answerThatIsTooLargeIsRefused() {
        serve(answer(200, "X-Consul-Index: 9\r\n", "[" + " ".repeat(LARGEST) + "]"), false);

        listFails("body exceeds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "{}", "{\"Errors\": []}"})
    void conflictThatIsNotConsulsIsAnError(String body) {
        serve(answer(409, "", body), false);

        assertThatThrownBy(() -> store.commit(List.of(new Write.Delete("a", Write.ANY))))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void brokenAnswersNeverEndAWatchAsAListing() {
        serve(answer(500, "X-Consul-Index: 9\r\n", "rpc error"), false);

        assertThatThrownBy(() -> store.await("nodes/web1/", NOTHING, Duration.ofSeconds(20)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("rpc error");
    }
}
