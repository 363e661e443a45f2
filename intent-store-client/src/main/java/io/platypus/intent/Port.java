package io.platypus.intent;

import java.util.List;

/**
 * A port that an app listens on, or a range of them.
 *
 * @param number 1 to 65535; the first of a range
 * @param last the last of the range, the number itself when there is one port only
 * @param protocol the transport
 * @param sources who may reach it; everybody when empty
 */
public record Port(int number, int last, Protocol protocol, List<Cidr> sources) {
    private static final int HIGHEST = 65_535;

    /**
     * @throws IllegalArgumentException if a number is outside 1 to 65535, or the last comes first
     */
    public Port {
        if (number < 1 || number > HIGHEST) {
            throw new IllegalArgumentException("port must be 1 to 65535, but is " + number);
        }
        if (last < number || last > HIGHEST) {
            throw new IllegalArgumentException(
                    "a range of ports must end between its first, "
                            + number
                            + ", and 65535, but ends at "
                            + last);
        }
        sources = List.copyOf(sources);
    }

    /** A single port. */
    public Port(int number, Protocol protocol, List<Cidr> sources) {
        this(number, number, protocol, sources);
    }

    /** A TCP port that everybody may reach. */
    public static Port tcp(int number) {
        return new Port(number, Protocol.TCP, List.of());
    }

    /** Whether there is more than one port. */
    public boolean isRange() {
        return last > number;
    }

    /** Whether some port is in both, of the same protocol; whoever may reach them. */
    public boolean overlaps(Port other) {
        return protocol == other.protocol && number <= other.last && other.number <= last;
    }

    /** {@code 80} or {@code 8000-8010}. */
    public String numbers() {
        return isRange() ? number + "-" + last : String.valueOf(number);
    }
}
