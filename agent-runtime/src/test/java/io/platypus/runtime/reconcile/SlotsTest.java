package io.platypus.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.Intended;
import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeView;
import io.platypus.runtime.convergence.ConvergenceBoard;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ConvergenceBoard board = new ConvergenceBoard();
    private final Slots slots =
            new Slots(board, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), Duration.ofSeconds(30));
    private long now = System.nanoTime();

    private void view(String... apps) {
        TreeMap<String, Intended> intended = new TreeMap<>();
        for (String app : apps) {
            intended.put(
                    app,
                    new AppIntent(
                            new AppName(app),
                            new ClusterName("c"),
                            new ClusterConfig(new TreeMap<>(), 0, Optional.empty(), Map.of()),
                            new DeployConfig(
                                    Path.of("/srv", app),
                                    List.of(),
                                    RunPolicy.DEFAULT,
                                    RolloutPolicy.DEFAULT)));
        }
        NodeIntent intent = new NodeIntent(new NodeName("web1"), false, intended);
        slots.take(new NodeView(intent, 1, Map.of()), now);
    }

    private void reading(String... apps) {
        slots.judge(new NodeReader.Assignments(Set.of(apps), false), now);
    }

    private void world(String... apps) {
        slots.look(
                Optional.of(Set.of(apps).stream().map(AppName::new).collect(Collectors.toSet())),
                now);
    }

    private String fate(String app) {
        Slot slot = slots.all().stream().filter(s -> s.name.equals(app)).findFirst().orElseThrow();
        return switch (slot.target) {
            case Target.Assigned _ -> "assigned";
            case Target.Unassigned _ -> "unassigned";
            case null -> board.of(app).orElseThrow().condition().reason().name();
        };
    }

    @Test
    void anAbsenceIsJudgedOnlyAfterItHasLastedForAMoment() {
        view("a", "b", "c");
        assertThat(slots.isDoubtDue(now + SECOND)).isFalse();

        view("a", "b");
        assertThat(slots.isDoubtDue(now)).isFalse();
        assertThat(slots.isDoubtDue(now + SECOND)).isTrue();
        assertThat(fate("c")).isEqualTo("assigned");

        // Further views do not put it off.
        now += SECOND / 4;
        view("a");
        assertThat(slots.isDoubtDue(now + SECOND / 3)).isTrue();
        view("a", "b", "c");
        assertThat(slots.isDoubtDue(now + SECOND)).isFalse();
    }

    @Test
    void appsThatComeInPlaceOfOthersDoNotCountAsKept() {
        view("a", "b");
        view("c", "d");
        reading("c", "d");
        assertThat(fate("a")).isEqualTo("WIPE_GUARD");
        assertThat(fate("b")).isEqualTo("WIPE_GUARD");
        assertThat(fate("c")).isEqualTo("assigned");
    }

    @Test
    void newAppsDoNotMakeALossLookSmall() {
        view("a", "b", "c");
        view("a");
        reading("a");
        assertThat(fate("b")).isEqualTo("WIPE_GUARD");

        view("a", "d", "e");
        world("a", "b", "c", "d", "e");
        reading("a", "d", "e");
        assertThat(fate("b")).isEqualTo("WIPE_GUARD");
        assertThat(fate("c")).isEqualTo("WIPE_GUARD");
    }

    @Test
    void aViewThatIsNewerThanTheReadingWins() {
        view("a", "b", "c");
        view("a", "b");
        view("a", "b", "d");
        reading("a", "b");
        assertThat(fate("c")).isEqualTo("unassigned");
        assertThat(fate("d")).isEqualTo("assigned");
    }

    @Test
    void anAppThatComesBackWhileItIsBeingRemovedIsWantedAgain() {
        view("a", "b", "c");
        view("a", "b");
        reading("a", "b");
        assertThat(fate("c")).isEqualTo("unassigned");
        view("a", "b", "c");
        assertThat(fate("c")).isEqualTo("assigned");
        assertThat(slots.isDoubtDue(now + SECOND)).isFalse();
    }

    @Test
    void whatTheWorldShowsCountsAsAssignedBefore() {
        view("a");
        world("a", "x", "y");
        assertThat(slots.isDoubtDue(now)).isTrue();
        reading("a");
        assertThat(fate("x")).isEqualTo("WIPE_GUARD");

        world("a", "x");
        reading("a", "y");
        assertThat(fate("x")).isEqualTo("unassigned");
        assertThat(fate("y")).isEqualTo("WIPE_GUARD");
    }

    @Test
    void aPassThatHangsBeforeItsFirstStepIsNotShownAsConvergedForEver() {
        view("a");
        slots.show(
                "a",
                status ->
                        status.with(
                                io.platypus.runtime.convergence.ConvergenceState.CONVERGED,
                                io.platypus.runtime.convergence.CommonReason.CONVERGED,
                                "",
                                Instant.EPOCH));
        Slot slot = slots.all().iterator().next();
        slot.running = Thread.currentThread();
        slot.begun = now;

        now += 30 * SECOND;
        slots.showOverdue(now);
        assertThat(board.of("a").orElseThrow().converged()).isTrue();
        now += 31 * SECOND;
        slots.showOverdue(now);
        assertThat(board.of("a").orElseThrow().condition().reason().name())
                .isEqualTo("PASS_OVERDUE");
    }
}
