package io.platypus.iptables.world;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** A network namespace of the test's own; needs root, as nftables does. */
public final class NetworkNamespace {
    public final String name = "pt-" + UUID.randomUUID().toString().substring(0, 8);

    public NetworkNamespace() throws InterruptedException {
        host("ip", "netns", "add", name);
        exec("ip", "link", "set", "lo", "up");
    }

    /** A program in this namespace. */
    public Command command(String... line) {
        return new Command(List.of("ip", "netns", "exec", name), Duration.ofSeconds(30)).with(line);
    }

    /** Runs a program here and returns what it wrote. */
    public String exec(String... line) throws InterruptedException {
        return run(command(line), "");
    }

    /** Gives nft these commands. */
    public void nft(String script) throws InterruptedException {
        run(command("nft", "-f", "-"), script);
    }

    /** Runs a program here that reads this. */
    public void feed(String input, String... line) throws InterruptedException {
        run(command(line), input);
    }

    /** Runs a program in the test's namespace. */
    public static void host(String... line) throws InterruptedException {
        run(new Command(List.of(line), Duration.ofSeconds(30)), "");
    }

    private static String run(Command command, String input) throws InterruptedException {
        CommandResult result = command.run(input);
        if (result instanceof CommandResult.Exited exited && exited.code() == 0) {
            return Objects.requireNonNull(exited.out());
        }
        throw new IllegalStateException(
                "'" + command + "' needs root, iproute2 and nftables: " + result);
    }

    public void delete() throws InterruptedException {
        host("ip", "netns", "del", name);
    }
}
