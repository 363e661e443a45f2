package io.platypus.iptables.firewall.ruleset;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;

/**
 * A program that sends a packet by UDP and waits for its answer, again and again until its input
 * ends; then says how many of each there were. Each is sent from another port: what is established
 * already is let in by other rules.
 */
final class Pinging {
    private static final int PATIENCE_MILLIS = 5_000;

    private static volatile boolean ended;

    private Pinging() {}

    public static void main(String[] args) throws Exception {
        InetAddress to = InetAddress.ofLiteral(args[0]);
        int port = Integer.parseInt(args[1]);
        Thread.ofPlatform().daemon().start(Pinging::untilInputEnds);
        int sent = 0;
        int answered = 0;
        while (!ended) {
            sent++;
            answered += ping(to, port) ? 1 : 0;
            if (sent == 1) {
                System.out.println("begun");
                System.out.flush();
            }
        }
        System.out.println("sent " + sent + " answered " + answered);
        System.out.flush();
    }

    private static void untilInputEnds() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ended = true;
    }

    private static boolean ping(InetAddress to, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.send(new DatagramPacket(new byte[1], 1, to, port));
            socket.receive(new DatagramPacket(new byte[1], 1));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
