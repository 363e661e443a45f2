package io.platypus.intent;

import java.util.List;

/**
 * A port that an app listens on.
 *
 * @param number 1 to 65535
 * @param protocol the transport
 * @param sources who may reach it; everybody when empty
 */
public record Port(int number, Protocol protocol, List<Cidr> sources) {
    /**
     * @throws IllegalArgumentException if the number is outside 1 to 65535
     */
    public Port {
        if (number < 1 || number > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535, but is " + number);
        }
        sources = List.copyOf(sources);
    }

    /** A TCP port that everybody may reach. */
    public static Port tcp(int number) {
        return new Port(number, Protocol.TCP, List.of());
    }
}
