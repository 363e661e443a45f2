package io.platypus.preparer.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code gpg}, with a home of its own. Its agent ends with it. */
final class GnuPg implements AutoCloseable {
    private final Path home;
    private final Path log;
    private Path input = Path.of("/dev/null");

    /** The home's path must be short: the agent's socket is in it. */
    GnuPg() throws IOException, InterruptedException {
        home = Files.createTempDirectory(Path.of("/tmp"), "gpg");
        log = Files.createFile(home.resolve("log"));
        Files.writeString(home.resolve("gpg.conf"), "allow-weak-digest-algos\n");
    }

    /** Runs it at some time of its own, such as {@code 20240101T000000}, or now if empty. */
    void run(String time, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("gpg", "--homedir", home.toString(), "--batch", "--yes"));
        command.addAll(List.of("--pinentry-mode", "loopback", "--passphrase", ""));
        if (!time.isEmpty()) {
            command.addAll(List.of("--faked-system-time", time + "!"));
        }
        command.addAll(List.of(arguments));
        execute(command, input, Path.of("/dev/null"));
        input = Path.of("/dev/null");
    }

    /** Edits a key with these commands, a line each. */
    void edit(String key, String time, String commands) throws IOException, InterruptedException {
        input = Files.writeString(home.resolve("commands"), commands);
        run(time, "--command-fd", "0", "--edit-key", key + "@test");
    }

    /** Makes a key of this name at test. */
    void key(String name, String time, String algorithm, String usage, String expires)
            throws IOException, InterruptedException {
        run(time, "--quick-gen-key", name + " <" + name + "@test>", algorithm, usage, expires);
    }

    void sign(Path file, String time, String key, String... options)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-u", key + "@test", "--armor"));
        arguments.addAll(List.of("--output", file + ".asc"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--detach-sign", file.toString()));
        run(time, arguments.toArray(String[]::new));
    }

    void export(String key, Path file, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--output", file.toString(), "--armor"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--export", key + "@test"));
        run("", arguments.toArray(String[]::new));
    }

    /** The fingerprints of a key and of its subkeys, in their order. */
    List<String> fingerprints(String key) throws IOException, InterruptedException {
        Path list = home.resolve("list");
        execute(
                List.of(
                        "gpg",
                        "--homedir",
                        home.toString(),
                        "--with-colons",
                        "--list-keys",
                        key + "@test"),
                input,
                list);
        return Files.readAllLines(list).stream()
                .filter(line -> line.startsWith("fpr:"))
                .map(line -> line.split(":", -1)[9])
                .toList();
    }

    /** The revocation certificate that was made with the key. */
    String revocation(String key) throws IOException, InterruptedException {
        String name = fingerprints(key).getFirst() + ".rev";
        return Files.readString(home.resolve("openpgp-revocs.d").resolve(name))
                .replace(":-----BEGIN", "-----BEGIN");
    }

    @Override
    public void close() throws Exception {
        execute(
                List.of("gpgconf", "--homedir", home.toString(), "--kill", "all"),
                input,
                Path.of("/dev/null"));
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void execute(List<String> command, Path in, Path out)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(log.toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + Files.readString(log));
        }
    }
}
