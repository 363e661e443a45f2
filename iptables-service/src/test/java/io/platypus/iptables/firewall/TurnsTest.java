package io.platypus.iptables.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TurnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<List<String>> begun = new CopyOnWriteArrayList<>();
    private final Semaphore mayEnd = new Semaphore(0);
    private volatile boolean broken;

    /** Answers with the number of the turn, once the test lets it. */
    private final Turns<String, Integer> turns = new Turns<>(PATIENCE, this::turn);

    private Integer turn(List<String> asked) throws IOException, InterruptedException {
        begun.add(asked);
        int number = begun.size();
        mayEnd.acquire();
        if (broken) {
            throw new IOException("turn " + number);
        }
        return number;
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void servesAllWhoWaitWithOneTurnThatBeganAfterTheyAsked() throws Exception {
        Future<Integer> first = ask("first");
        await().until(() -> begun.size() == 1);
        List<Future<Integer>> later =
                IntStream.range(0, 1000).mapToObj(i -> ask("later" + i)).toList();
        awaitWaiting(1000);

        mayEnd.release(2);

        assertThat(first.get()).isEqualTo(1);
        for (Future<Integer> one : later) {
            assertThat(one.get()).isEqualTo(2);
        }
        assertThat(begun).hasSize(2);
        assertThat(begun.get(1)).hasSize(1000).doesNotContain("first");
    }

    @Test
    void hasTheRestServedByAnotherWhenTheRunnerIsInterrupted() throws Exception {
        Future<Integer> blocker = ask("blocker");
        await().until(() -> begun.size() == 1);
        Future<Integer> runner = ask("runner");
        awaitWaiting(1);
        Future<Integer> rest = ask("rest");
        awaitWaiting(2);
        mayEnd.release();
        await().until(() -> begun.size() == 2);
        Future<Integer> latecomer = ask("latecomer");
        awaitWaiting(2);

        runner.cancel(true);
        mayEnd.release(2);

        assertThat(blocker.get()).isEqualTo(1);
        assertThat(rest.get()).isEqualTo(3);
        assertThat(latecomer.get()).isEqualTo(4);
        assertThat(begun)
                .containsExactly(
                        List.of("blocker"),
                        List.of("runner", "rest"),
                        List.of("rest"),
                        List.of("latecomer"));
    }

    @Test
    void withdrawsWhatAnInterruptedWaiterAsked() throws Exception {
        Future<Integer> blocker = ask("blocker");
        await().until(() -> begun.size() == 1);
        Future<Integer> waiter = ask("waiter");
        Future<Integer> other = ask("other");
        awaitWaiting(2);

        waiter.cancel(true);
        awaitWaiting(1);
        mayEnd.release(2);

        assertThat(blocker.get()).isEqualTo(1);
        assertThat(other.get()).isEqualTo(2);
        assertThat(begun.get(1)).containsExactly("other");
    }

    @Test
    void tellsEverybodyOfAFailedTurnAndNobodyAfter() throws Exception {
        broken = true;
        Future<Integer> blocker = ask("blocker");
        await().until(() -> begun.size() == 1);
        List<Future<Integer>> both = List.of(ask("one"), ask("two"));
        awaitWaiting(2);

        mayEnd.release(2);

        assertThatThrownBy(blocker::get).hasRootCauseMessage("turn 1");
        for (Future<Integer> one : both) {
            assertThatThrownBy(one::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("turn 2");
        }
        broken = false;
        mayEnd.release();
        assertThat(turns.ask("three")).isEqualTo(3);
    }

    @Test
    void servesThoseWhoComeWhileTheFirstGathersWithHisTurn() throws Exception {
        Turns<String, Integer> gathering = new Turns<>(PATIENCE, Duration.ofSeconds(5), this::turn);
        mayEnd.release(2);
        Future<Integer> first = threads.submit(() -> gathering.ask("first"));
        Future<Integer> second = threads.submit(() -> gathering.ask("second"));

        assertThat(first.get()).isEqualTo(1);
        assertThat(second.get()).isEqualTo(1);
    }

    @Test
    void givesUpWaitingInTheEnd() throws Exception {
        Turns<String, Integer> impatient = new Turns<>(Duration.ofMillis(50), this::turn);
        Future<Integer> blocker = threads.submit(() -> impatient.ask("blocker"));
        await().until(() -> begun.size() == 1);

        assertThatThrownBy(() -> impatient.ask("other"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PT0.05S");

        mayEnd.release();
        assertThat(blocker.get()).isEqualTo(1);
    }

    private Future<Integer> ask(String item) {
        return threads.submit(() -> turns.ask(item));
    }

    private void awaitWaiting(int askers) {
        await().until(() -> turns.waiting() == askers);
    }
}
