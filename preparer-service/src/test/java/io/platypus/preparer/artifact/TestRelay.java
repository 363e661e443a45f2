package io.platypus.preparer.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to a server on loopback that breaks: each connection lets so many bytes of answers through
 * as it is its turn to, and is closed then. Beyond the given ones, connections last.
 */
final class TestRelay implements AutoCloseable {
    /** How a connection ends: in order, or by a reset, which may lose what was sent before it. */
    enum End {
        CLOSED,
        RESET
    }

    private final ServerSocket listening;
    private final int target;
    private final End end;
    private final Queue<Long> allowances;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    TestRelay(int target, End end, List<Long> allowances) throws IOException {
        this.target = target;
        this.end = end;
        this.allowances = new ConcurrentLinkedQueue<>(allowances);
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + path);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** How many connections were made so far. */
    int connections() {
        return sockets.size() / 2;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                Long allowance = allowances.poll();
                threads.execute(() -> relay(client, server, Long.MAX_VALUE));
                threads.execute(() ->
                        relay(server, client, allowance == null ? Long.MAX_VALUE : allowance));
            }
        } catch (IOException e) {
            // Closed: no more connections.
        }
    }

    private void relay(Socket from, Socket to, long allowance) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8 << 10];
            long left = allowance;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    return;
                }
                out.write(buffer, 0, read);
                left -= read;
            }
            if (end == End.RESET) {
                to.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // The other direction has ended this connection.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.close();
    }
}
