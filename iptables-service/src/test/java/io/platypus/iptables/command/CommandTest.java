package io.platypus.iptables.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandTest {
    @TempDir private Path directory;

    private static Command sh(Duration deadline, String script, String... arguments) {
        return new Command(List.of("/bin/sh", "-c", script, "sh"), deadline).with(arguments);
    }

    private static CommandResult run(String script, String... arguments)
            throws InterruptedException {
        return sh(Duration.ofSeconds(20), script, arguments).run("");
    }

    @Test
    void givesBackWhatTheProgramSaid() throws Exception {
        assertThat(run("echo out; echo err >&2; exit 3"))
                .isEqualTo(new CommandResult.Exited(3, "out\n", "err\n"));
    }

    @Test
    void handsArgumentsOnAsTheyAre() throws Exception {
        assertThat(run("printf '%s' \"$1\"", "; touch /nowhere `id` $HOME \n*"))
                .isEqualTo(new CommandResult.Exited(0, "; touch /nowhere `id` $HOME \n*", ""));
    }

    @Test
    void feedsAndReadsMoreThanAPipeHolds() throws Exception {
        String large = "0123456789".repeat(200_000);

        CommandResult result = sh(Duration.ofSeconds(20), "cat; cat >&2").run(large);

        assertThat(result).isEqualTo(new CommandResult.Exited(0, large, ""));
    }

    @Test
    void doesNotMindAProgramThatDoesNotRead() throws Exception {
        CommandResult result = sh(Duration.ofSeconds(20), "exit 0").run("x".repeat(1_000_000));

        assertThat(result).isEqualTo(new CommandResult.Exited(0, "", ""));
    }

    @Test
    void saysThatAProgramCannotBeStarted() throws Exception {
        CommandResult result = new Command(List.of("/nowhere/nft"), Duration.ofSeconds(20)).run("");

        assertThat(result).isInstanceOf(CommandResult.NotStarted.class);
    }

    @Test
    void killsAllThatRunsBeyondTheDeadlineEvenIfItIgnoresTerm() throws Exception {
        Path pids = directory.resolve("pids");
        String stubborn = "trap '' TERM; echo $$ >> " + pids + "; sleep 600 & wait; sleep 600";

        CommandResult result =
                sh(Duration.ofMillis(500), "/bin/sh -c \"$1\" & wait", stubborn).run("");

        assertThat(result).isEqualTo(new CommandResult.TimedOut(Duration.ofMillis(500)));
        long pid = Long.parseLong(Files.readString(pids).strip());
        await().until(() -> ProcessHandle.of(pid).map(handle -> !handle.isAlive()).orElse(true));
    }

    @Test
    void stopsTheProgramWhenInterrupted() throws Exception {
        Path pids = directory.resolve("pids");
        Command command = sh(Duration.ofMinutes(5), "echo $$ > " + pids + "; exec sleep 600");
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<CommandResult> running = thread.submit(() -> command.run(""));
            await().until(() -> Files.exists(pids) && Files.size(pids) > 0);
            running.cancel(true);
        }

        long pid = Long.parseLong(Files.readString(pids).strip());
        Optional<ProcessHandle> left = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        assertThat(left).isEmpty();
    }

    @Test
    void doesNotWaitForWhatTheProgramLeftInTheBackground() throws Exception {
        CommandResult result = run("sleep 15 & echo $!");

        assertThat(result).isInstanceOf(CommandResult.Exited.class);
        long pid = Long.parseLong(((CommandResult.Exited) result).out().strip());
        Optional<ProcessHandle> left = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        assertThat(left).isPresent();
        left.ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void makesWhatAProgramSaysFitForAStatus() {
        var exited = new CommandResult.Exited(1, "", "\u001b[31mred\n" + "x".repeat(1000));

        assertThat(exited.summary()).startsWith("exit code 1: ?[31mred?x").hasSizeLessThan(200);
    }
}
