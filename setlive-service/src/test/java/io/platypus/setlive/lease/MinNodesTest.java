package io.platypus.setlive.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceInstance.Status;
import io.platypus.intent.AppIntent;
import io.platypus.intent.NodeName;
import io.platypus.setlive.Intents;
import io.platypus.setlive.MemoryCatalog;
import io.platypus.setlive.lease.MinNodes.Verdict;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import io.platypus.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** This node is web1, and wants to stop its instance. */
class MinNodesTest {
    private final MemoryCatalog catalog = new MemoryCatalog();
    private final MinNodes minNodes = new MinNodes(catalog, new NodeName("web1"));

    @Test
    void oneMoreThanTheMinimumMustBeHealthy() throws Exception {
        catalog.show(List.of(passing("web1"), passing("web2"), passing("web3")));
        assertThat(judge(2)).isInstanceOf(Verdict.Enough.class);
        assertThat(message(3))
                .contains("slug/development must keep 3 healthy")
                .contains("without this node's it would have 2");
    }

    @Test
    void whatThisNodeShowsOfItselfCountsForNothing() throws Exception {
        catalog.show(List.of(passing("web1")));
        assertThat(message(1)).contains("it would have 0").contains("may the token read");
        catalog.show(List.of(of("web1", Status.FAILING), passing("web2")));
        assertThat(judge(1)).isInstanceOf(Verdict.Enough.class);
    }

    @Test
    void onlyWhatPassesWithACheckOfItsOwnCounts() throws Exception {
        for (Status status : Status.values()) {
            catalog.show(List.of(of("web2", status)));
            if (status == Status.PASSING) {
                assertThat(judge(1)).isInstanceOf(Verdict.Enough.class);
            } else {
                assertThat(message(1)).contains("it would have 0: web2 ");
            }
        }
    }

    @Test
    void whoHoldsTheLeaseMayBeDownHoweverItsLastCheckEnded() throws Exception {
        catalog.show(List.of(passing("web2"), passing("web3")));
        assertThat(judge(2)).isInstanceOf(Verdict.Enough.class);
        assertThat(minNodes.judge(claim(2), Set.of("web3")))
                .isInstanceOfSatisfying(
                        Verdict.TooFew.class,
                        few -> assertThat(few.message()).contains("web3 has the lease"));
    }

    @Test
    void anotherClusterAndAStrangersServiceOfTheSameNameDoNotCount() throws Exception {
        catalog.show(
                List.of(
                        instance("platypus-web2-slug", "web2", "production", Status.PASSING),
                        instance("slug-by-hand", "web3", "development", Status.PASSING),
                        new ServiceInstance("slug", "n", Map.of(), Status.PASSING)));
        assertThat(message(1)).contains("it would have 0");
    }

    @Test
    void anInstanceThatTwoNodesOfTheCatalogShowCountsOnce() throws Exception {
        catalog.show(List.of(passing("web2"), passing("web2")));
        assertThat(judge(1)).isInstanceOf(Verdict.Enough.class);
        assertThat(message(2)).contains("it would have 1");
    }

    @Test
    void withoutAMinimumNobodyIsAsked() throws Exception {
        catalog.silent(true);
        assertThat(judge(0)).isInstanceOf(Verdict.Enough.class);
        assertThatThrownBy(() -> judge(1)).isInstanceOf(StoreException.class);
    }

    @Test
    void aRetirementSaysWhatToDo() throws Exception {
        AppIntent none = Intents.of("slug", Path.of("/srv/slug")).minNodes(1).intent();
        assertThat(minNodes.judge(Claim.of(none, Cause.RETIRED), Set.of()))
                .isInstanceOfSatisfying(
                        Verdict.TooFew.class,
                        few -> assertThat(few.message()).contains("set min_nodes to 0"));
    }

    private Verdict judge(int least) throws Exception {
        return minNodes.judge(claim(least), Set.of());
    }

    private String message(int least) throws Exception {
        return ((Verdict.TooFew) judge(least)).message();
    }

    private static Claim claim(int least) {
        return Claim.of(
                Intents.of("slug", Path.of("/srv/slug")).active("7").minNodes(least).intent(),
                Cause.VERSION);
    }

    private static ServiceInstance passing(String node) {
        return of(node, Status.PASSING);
    }

    private static ServiceInstance of(String node, Status status) {
        return instance("platypus-" + node + "-slug", node, "development", status);
    }

    private static ServiceInstance instance(String id, String node, String cluster, Status status) {
        return new ServiceInstance(
                id,
                "consul-" + node,
                Map.of("platypus-node", node, "platypus-cluster", cluster),
                status);
    }
}
