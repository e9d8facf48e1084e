package dev.heartbeat.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** HTTP as no client would write it. */
public final class Raw {
    private Raw() {}

    /** Writes a request, and returns all that comes until the connection ends. */
    public static String exchange(InetSocketAddress address, String request) throws IOException {
        try (Socket socket = open(address)) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    public static Socket open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
