package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import io.platypus.intent.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The unit of a service as systemd reads it (systemd.unit(5), systemd.service(5)). Environment and
 * install are not in it: every account of the machine may read a unit, and a unit that names a
 * version would have to be loaded anew for each.
 */
final class UnitFile {
    private static final String MARK = "# Made by Platypus of ";
    private static final Pattern GRACE = Pattern.compile("(?m)^TimeoutStopSec=.*$");

    private UnitFile() {}

    /**
     * The whole text.
     *
     * @param directory the service directory, which holds the script {@code run}
     */
    static String render(ServiceDefinition definition, Path directory, Duration grace) {
        AppName app = definition.app();
        StringBuilder unit = new StringBuilder();
        unit.append(mark(directory))
                .append("# Changes are lost at the next deployment: use systemctl edit instead.\n")
                .append("[Unit]\n")
                .append("Description=" + app + ", run by Platypus\n")
                .append("After=network-online.target remote-fs.target nss-user-lookup.target\n")
                .append("ConditionPathExists=!" + plain(directory.resolve("down")) + "\n")
                // As the other supervisors: it goes on trying, for as long as it takes.
                .append("StartLimitIntervalSec=0\n")
                .append("\n[Service]\n")
                .append("Type=simple\n")
                // With the agent's rights, for the record of what runs; the script takes on User=.
                .append("ExecStart=!/bin/sh " + quoted(directory.resolve("run")) + "\n")
                .append("WorkingDirectory=" + plain(directory) + "\n");
        definition
                .runAs()
                .ifPresent(account -> {
                    unit.append("User=" + account.user() + "\n");
                    account.group().ifPresent(group -> unit.append("Group=" + group + "\n"));
                });
        limits(unit, definition.limits());
        unit.append("KillMode=control-group\n")
                .append("TimeoutStopSec=" + seconds(grace) + "\n")
                .append("Restart=always\n")
                .append("RestartSec=1\n")
                .append("SyslogIdentifier=" + app + "\n")
                .append("\n[Install]\n")
                .append("WantedBy=multi-user.target\n");
        return unit.toString();
    }

    private static void limits(StringBuilder unit, Limits limits) {
        limits.memory()
                .ifPresent(bytes ->
                        // Or it would go on in swap, and slow down all its neighbours.
                        unit.append("MemoryMax=" + bytes + "\nMemorySwapMax=0\n"));
        limits.cpu()
                .ifPresent(thousandths ->
                        // Only whole percents of one processor can be said.
                        unit.append("CPUQuota=" + Math.max(1, thousandths / 10) + "%\n"));
        limits.files().ifPresent(most -> unit.append("LimitNOFILE=" + most + "\n"));
    }

    /** Whether a text is the unit of the service in this directory, edited by hand or not. */
    static boolean isOf(Path directory, String text) {
        return text.startsWith(mark(directory));
    }

    /** The service directory that a unit of ours names. */
    static Optional<Path> directory(String text) {
        return text.startsWith(MARK) && text.indexOf('\n') > 0
                ? Optional.of(Path.of(text.substring(MARK.length(), text.indexOf('\n'))))
                : Optional.empty();
    }

    /** The same unit with another grace. */
    static String withGrace(String text, Duration grace) {
        return GRACE.matcher(text).replaceFirst("TimeoutStopSec=" + seconds(grace));
    }

    private static String mark(Path directory) {
        return MARK + directory + "\n";
    }

    /** Never 0, which systemd takes for infinity. */
    private static String seconds(Duration time) {
        return Math.max(1, time.toMillis()) + "ms";
    }

    /** As the whole value of a setting that is taken as it is, but for specifiers. */
    private static String plain(Path path) {
        return path.toString().replace("%", "%%");
    }

    /** As one word of a command line, which has quotes, escapes, variables and specifiers. */
    private static String quoted(Path path) {
        return '"'
                + path.toString()
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "$$")
                        .replace("%", "%%")
                + '"';
    }
}
