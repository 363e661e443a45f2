package io.platypus.iptables.firewall.ruleset;

import io.platypus.iptables.firewall.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the last trial of a policy went, in a small file: {@code tried} or {@code confirmed}, when,
 * and what. Losing it costs another trial.
 *
 * @param file made when it is first needed
 */
public record Trials(Path file) {
    private static final String CONFIRMED = "confirmed";
    private static final String TRIED = "tried";

    /** Notes that a trial begins: if nothing more is noted, it ended badly. */
    void begun(String what, Instant now) throws IOException {
        AtomicFile.write(file, TRIED + "\n" + now + "\n" + what + "\n");
    }

    /** Notes that under this policy the world could be reached. */
    void confirmed(String what, Instant now) throws IOException {
        AtomicFile.write(file, CONFIRMED + "\n" + now + "\n" + what + "\n");
    }

    boolean isConfirmed(String what) throws IOException {
        return at(CONFIRMED, what).isPresent();
    }

    /** When this was tried last, if that was not confirmed. */
    Optional<Instant> failed(String what) throws IOException {
        return at(TRIED, what);
    }

    private Optional<Instant> at(String how, String what) throws IOException {
        List<String> lines =
                AtomicFile.read(file).map(String::lines).stream().flatMap(all -> all).toList();
        if (lines.size() != 3 || !lines.get(0).equals(how) || !lines.get(2).equals(what)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(lines.get(1)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
