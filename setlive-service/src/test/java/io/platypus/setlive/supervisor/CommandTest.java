package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;

    @Test
    void givesExitCodeAndWhatWasPrintedOnEither() throws Exception {
        Command.Result result =
                Command.of(LONG, "sh", "-c", "echo one; echo two >&2; exit 3").run();
        assertThat(result).isEqualTo(new Command.Result(3, "one\ntwo"));
    }

    @Test
    void endsAProgramThatHangsWithAllThatItHasStarted() throws Exception {
        Command hangs = shell(Duration.ofSeconds(1), "echo so far; sleep 1000 & wait");
        assertThatThrownBy(hangs::run)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not done within PT1S")
                .hasMessageContaining("so far");
        await().atMost(LONG).until(() -> Processes.in(directory).isEmpty());
    }

    @Test
    void doesNotWaitForWhoeverHoldsItsOutput() throws Exception {
        Command.Result result = shell(LONG, "echo done; sleep 1000 &").run();
        assertThat(result).isEqualTo(new Command.Result(0, "done"));
        for (ProcessStat left : Processes.in(directory)) {
            left.signal(true);
        }
    }

    @Test
    void keepsTheBeginningOfAnEndlessOutput() throws Exception {
        Command.Result result =
                Command.of(LONG, "sh", "-c", "head -c 100000000 /dev/zero | tr '\\0' x").run();
        assertThat(result.exit()).isZero();
        assertThat(result.output()).startsWith("xxx").hasSizeLessThan(10_000);
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                shell(Duration.ofHours(1), "sleep 1000").run();
                            } catch (Exception e) {
                                thrown.set(e);
                            }
                            ended.countDown();
                        });
        await().atMost(LONG).until(() -> !Processes.in(directory).isEmpty());
        thread.interrupt();
        ended.await();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        await().atMost(LONG).until(() -> Processes.in(directory).isEmpty());
    }

    @Test
    void saysThatAProgramIsNotThere() {
        assertThatThrownBy(() -> Command.of(LONG, "no-such-program", "x").run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot run no-such-program x");
    }

    /** One that can be found again by where it works. */
    private Command shell(Duration timeout, String script) {
        String change = "cd '" + directory + "' && ";
        return new Command(List.of("sh", "-c", change + script), timeout, java.util.Map.of());
    }
}
