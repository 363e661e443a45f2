package io.platypus.setlive.supervisor;

import io.platypus.intent.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The files of a service directory: what runit, or our own runner, starts and how. */
final class ServiceScripts {
    /** The variable with the install that a process was started from. */
    static final String INSTALL = "PLATYPUS_INSTALL";

    /** The variable with the service directory, by which each process of a service is known. */
    static final String SERVICE = "PLATYPUS_SERVICE";

    /** The variable with the service directory that marks a runner and its helpers. */
    static final String RUNNER = "PLATYPUS_RUNNER";

    private static final Set<String> OWN = Set.of(INSTALL, SERVICE, RUNNER);
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    // Rendered for each app in each pass: read once.
    private static final Map<String, String> RESOURCES = new ConcurrentHashMap<>();
    private static final String PROGRAM = "rwxr-xr-x";
    private static final String PRIVATE_PROGRAM = "rwx------";
    private static final String FILE = "rw-r--r--";

    private ServiceScripts() {}

    /** For runit: each process of a service in a session of its own, by {@code chpst -P}. */
    static Map<String, ServiceFile> runit(
            ServiceDefinition definition, Path directory, LogLimits logs) throws IOException {
        String user =
                account(definition)
                        .map(account -> "-u " + quote(account.toString()) + " ")
                        .orElse("");
        Map<String, ServiceFile> files =
                common(definition, directory, files(definition), "\"$chpst\" -P " + user);
        files.put(
                "finish",
                new ServiceFile(
                        resource("finish.template")
                                .formatted(definition.app(), quote(directory.toString())),
                        PROGRAM));
        files.put("log/run", new ServiceFile("#!/bin/sh\nexec svlogd -tt ./main\n", PROGRAM));
        files.put(
                "log/main/config",
                new ServiceFile("s" + logs.size() + "\nn" + logs.old() + "\n", FILE));
        return files;
    }

    /** For the runner, which makes the session itself. */
    static Map<String, ServiceFile> process(
            ServiceDefinition definition, Path directory, LogLimits logs) throws IOException {
        String user = account(definition).map(ServiceScripts::setpriv).orElse("");
        Map<String, ServiceFile> files = common(definition, directory, files(definition), user);
        files.put("runner", new ServiceFile(resource("runner"), PROGRAM));
        files.put(
                "rotate",
                new ServiceFile(
                        resource("rotate.template").formatted(logs.size(), logs.old()), PROGRAM));
        return files;
    }

    /** For systemd, which ends the whole control group itself. */
    static Map<String, ServiceFile> systemd(ServiceDefinition definition, Path directory)
            throws IOException {
        String user = account(definition).map(ServiceScripts::setpriv).orElse("");
        return common(definition, directory, "", user);
    }

    /** The limit of open files as a line of the shell, set while it still has the right to. */
    private static String files(ServiceDefinition definition) {
        OptionalInt most = definition.limits().files();
        return most.isEmpty() ? "" : "ulimit -n " + most.getAsInt() + " || exit 111\n";
    }

    private static Map<String, ServiceFile> common(
            ServiceDefinition definition, Path directory, String before, String exec)
            throws IOException {
        String run =
                resource("run.template")
                        .formatted(
                                definition.app(),
                                quote(directory.toString()),
                                quote(definition.basedir().toString()),
                                exports(definition.environment()) + before,
                                exec);
        Map<String, ServiceFile> files = new LinkedHashMap<>();
        files.put("sweep", new ServiceFile(resource("sweep"), PROGRAM));
        files.put("launch-all", new ServiceFile(resource("launch-all"), PROGRAM));
        files.put("run", new ServiceFile(run, PRIVATE_PROGRAM));
        files.put(ServiceDirectory.MARK, new ServiceFile(definition.basedir() + "\n", FILE));
        return files;
    }

    private static String exports(Map<String, String> environment) {
        StringBuilder exports = new StringBuilder();
        new TreeMap<>(environment)
                .forEach((name, value) -> {
                    if (!VARIABLE.matcher(name).matches()
                            || OWN.contains(name)
                            || value.indexOf('\0') >= 0) {
                        throw new IllegalArgumentException(
                                "'" + name + "' cannot be a variable of a service");
                    }
                    exports.append("export ")
                            .append(name)
                            .append('=')
                            .append(quote(value))
                            .append('\n');
                });
        return exports.toString();
    }

    /** Whose account must be taken on: none when the service is to run as this agent does. */
    private static Optional<RunAs> account(ServiceDefinition definition) throws IOException {
        if (definition.runAs().isEmpty()) {
            return Optional.empty();
        }
        RunAs account = definition.runAs().get();
        boolean root =
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (root) {
            return Optional.of(account);
        }
        if (account.group().isEmpty() && account.user().equals(System.getProperty("user.name"))) {
            return Optional.empty();
        }
        throw new IOException(
                "cannot run %s as %s: the agent is not root, but %s"
                        .formatted(definition.app(), account, System.getProperty("user.name")));
    }

    private static String setpriv(RunAs account) {
        String user = quote(account.user());
        String group =
                account.group().map(ServiceScripts::quote).orElse("\"$(id -g " + user + ")\"");
        return "\"$setpriv\" --reuid=" + user + " --regid=" + group + " --init-groups -- ";
    }

    /** As one word of the shell, whatever it holds. */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String resource(String name) {
        return RESOURCES.computeIfAbsent(name, ServiceScripts::read);
    }

    private static String read(String name) {
        try (InputStream in = ServiceScripts.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the program is damaged: resource " + name, e);
        }
    }
}
