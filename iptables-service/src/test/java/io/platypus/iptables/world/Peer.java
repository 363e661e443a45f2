package io.platypus.iptables.world;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * A program that sends or answers real packets, for running in a namespace: {@code serve tcp:80
 * udp:53} until its input ends, or {@code ask tcp,10.99.0.2,10.99.0.1,80 …}, from and to.
 */
final class Peer {
    private static final int PATIENCE_MILLIS = 1_500;

    private Peer() {}

    public static void main(String[] args) throws Exception {
        List<String> tasks = Stream.of(args).skip(1).toList();
        if (args[0].equals("serve")) {
            for (String task : tasks) {
                serve(task.split(":"));
            }
            System.out.println("ready");
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
            System.exit(0);
        }
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<Boolean>> answers =
                    tasks.stream().map(task -> threads.submit(() -> ask(task.split(",")))).toList();
            for (int i = 0; i < answers.size(); i++) {
                System.out.println(tasks.get(i) + (answers.get(i).get() ? " yes" : " no"));
            }
        }
    }

    private static void serve(String... task) throws IOException {
        int port = Integer.parseInt(task[1]);
        if (task[0].equals("tcp")) {
            // Accepting is enough: the kernel answers for the backlog.
            new ServerSocket(port, 1000);
            return;
        }
        DatagramSocket socket = new DatagramSocket(port);
        Thread.ofPlatform().daemon().start(() -> echo(socket));
    }

    private static void echo(DatagramSocket socket) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[1], 1);
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean ask(String... task) throws IOException {
        InetAddress from = InetAddress.ofLiteral(task[1]);
        InetSocketAddress to =
                new InetSocketAddress(InetAddress.ofLiteral(task[2]), Integer.parseInt(task[3]));
        if (task[0].equals("tcp")) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(from, 0));
                socket.connect(to, PATIENCE_MILLIS);
                return true;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            }
        }
        try (DatagramSocket socket = new DatagramSocket(0, from)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.send(new DatagramPacket(new byte[1], 1, to));
            socket.receive(new DatagramPacket(new byte[1], 1));
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }
}
