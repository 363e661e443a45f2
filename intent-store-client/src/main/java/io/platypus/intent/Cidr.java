package io.platypus.intent;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * A block of addresses, IPv4 or IPv6, as in {@code 10.0.0.0/8}; a single address is a block of one.
 *
 * @param address a literal address, never a host name; bits beyond the prefix are zero
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(InetAddress address, int prefixLength) {
    /** Above any address with a zone; the patterns below take time squared on long text. */
    private static final int LONGEST = 64;

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /**
     * @throws IllegalArgumentException if the prefix is longer than the address
     */
    public Cidr {
        int bits = address.getAddress().length * Byte.SIZE;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefix length must be 0 to " + bits);
        }
        address = masked(address, prefixLength);
    }

    /**
     * Reads {@code address} or {@code address/prefix}.
     *
     * @throws IllegalArgumentException if the text is neither; it is never looked up as a name
     */
    public static Cidr parse(String text) {
        if (text.length() > LONGEST) {
            throw notAnAddress(text);
        }
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
            throw notAnAddress(text);
        }
        InetAddress address = InetAddress.ofLiteral(literal);
        int bits = address.getAddress().length * Byte.SIZE;
        return new Cidr(address, slash < 0 ? bits : prefix(text.substring(slash + 1)));
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException(
                "'" + Printable.of(text) + "' is not an address or block such as 10.0.0.0/8");
    }

    /** Whether this is a block of IPv4 addresses. */
    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    private static int prefix(String digits) {
        if (!digits.matches("\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "'" + Printable.of(digits) + "' is not a prefix length");
        }
        return Integer.parseInt(digits);
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int bit = prefixLength; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException("not an address", e);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength;
    }
}
