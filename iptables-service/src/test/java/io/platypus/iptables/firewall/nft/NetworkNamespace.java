package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** A network namespace of the test's own; needs root, as nftables does. */
final class NetworkNamespace {
    final String name = "pt-" + UUID.randomUUID().toString().substring(0, 8);

    NetworkNamespace() throws InterruptedException {
        host("ip", "netns", "add", name);
        exec("ip", "link", "set", "lo", "up");
    }

    /** A program in this namespace. */
    Command command(String... line) {
        return new Command(List.of("ip", "netns", "exec", name), Duration.ofSeconds(30)).with(line);
    }

    /** Runs a program here and returns what it wrote. */
    String exec(String... line) throws InterruptedException {
        return run(command(line), "");
    }

    /** Gives nft these commands. */
    void nft(String script) throws InterruptedException {
        run(command("nft", "-f", "-"), script);
    }

    /** Runs a program in the test's namespace. */
    static void host(String... line) throws InterruptedException {
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

    void delete() throws InterruptedException {
        host("ip", "netns", "del", name);
    }
}
