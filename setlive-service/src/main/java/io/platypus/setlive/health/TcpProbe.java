package io.platypus.setlive.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Connects on loopback; being accepted passes. */
final class TcpProbe {
    private TcpProbe() {}

    /**
     * @throws IOException also when the thread was interrupted, which closes the socket
     */
    static ProbeResult probe(int port, Duration timeout) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(
                        InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}), port);
        try (Socket socket = new Socket()) {
            socket.connect(address, Math.toIntExact(Math.max(1, timeout.toMillis())));
            // Where nothing listens on a port of the ephemeral range, the kernel may pick that very
            // port for our end, and TCP's simultaneous open connects the socket to itself.
            return socket.getLocalPort() == port
                    ? new ProbeResult.Failed("nothing listens on 127.0.0.1:" + port)
                    : new ProbeResult.Passed();
        } catch (IOException e) {
            throw new IOException("connect to 127.0.0.1:" + port + ": " + e.getMessage(), e);
        }
    }
}
