package io.platypus.iptables.firewall.portauthority;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.plan.AppRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app's ports as the original wrote them, byte for byte: block style, two spaces, nothing
 * quoted.
 *
 * <p>No key ever needs quotes: it begins with a letter or digit, holds nothing but those and {@code
 * . _ -}, and its end, {@code _tcp} or {@code _udp}, makes it neither a number nor a word of YAML's
 * own, whatever the app is called.
 */
final class PortAuthorityYaml {
    private static final Pattern PORT =
            Pattern.compile("\\S+:\n  port: (\\d{1,5})\n  protocol: (tcp|udp)\n");

    private PortAuthorityYaml() {}

    /**
     * The ports ascending, as a YAML library that sorts its keys leaves them; a range as its single
     * ports.
     *
     * @param rules without sources, which the format has no place for
     */
    static String write(AppRules rules) {
        StringBuilder yaml = new StringBuilder();
        for (Port port : rules.ports()) {
            String protocol = port.protocol().lowerCase();
            for (int number = port.number(); number <= port.last(); number++) {
                yaml.append(rules.app() + "_" + number + "_" + protocol + ":\n");
                yaml.append("  port: " + number + "\n");
                yaml.append("  protocol: " + protocol + "\n");
            }
        }
        return yaml.toString();
    }

    /** Empty unless the text is exactly what {@link #write} gives for some rules of this app. */
    static Optional<AppRules> read(AppName app, String yaml) {
        List<Port> ports = new ArrayList<>();
        Matcher port = PORT.matcher(yaml);
        while (port.find()) {
            int number = Integer.parseInt(port.group(1));
            if (number < 1 || number > 65_535) {
                return Optional.empty();
            }
            Protocol protocol = Protocol.valueOf(port.group(2).toUpperCase(Locale.ROOT));
            ports.add(new Port(number, protocol, List.of()));
        }
        AppRules rules = new AppRules(app, ports);
        return write(rules).equals(yaml) ? Optional.of(rules) : Optional.empty();
    }
}
