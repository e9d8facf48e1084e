package dev.heartbeat.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A port in front of another, on real sockets, that does to what passes what networks do: late,
 * slow, in crumbs, swallowed, reset. For tests of what a simulation cannot show, since it is the
 * kernel's.
 *
 * <pre>{@code
 * try (ToxicProxy proxy = ToxicProxy.start(server.localAddress())) {
 *     HeartbeatClient client = HeartbeatClient.builder()
 *             .server("127.0.0.1", proxy.address().getPort()).nodeId("n1").connect();
 *     proxy.toServer().latency(Duration.ofMillis(20), Duration.ofMillis(10));
 *     proxy.toClient().timeout();                     // from here on the client hears nothing
 * }
 * }</pre>
 *
 * <p>It has a thread that accepts and two for each connection, of which there are
 * {@value #MAX_CONNECTIONS} at a time; more wait until one of them ends.
 *
 * @since 0.1
 */
public final class ToxicProxy implements AutoCloseable {
    /** The most connections that pass at a time. */
    public static final int MAX_CONNECTIONS = 64;

    private static final int CONNECT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final ServerSocket port;
    private final Toxics toServer = new Toxics();
    private final Toxics toClient = new Toxics();
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Set<ToxicLink> links = ConcurrentHashMap.newKeySet();
    private final Thread acceptor = new Thread(this::acceptAll, "toxic-proxy-accept");

    private ToxicProxy(InetSocketAddress target, ServerSocket port) {
        this.target = target;
        this.port = port;
        acceptor.setDaemon(true);
    }

    /**
     * Starts to forward a free port of the loopback address to {@code target}.
     *
     * @return the proxy
     */
    public static ToxicProxy start(InetSocketAddress target) throws IOException {
        Objects.requireNonNull(target, "target");
        ToxicProxy proxy =
                new ToxicProxy(target, new ServerSocket(0, MAX_CONNECTIONS, InetAddress.getLoopbackAddress()));
        proxy.acceptor.start();
        return proxy;
    }

    /** {@return the address to connect to} */
    public InetSocketAddress address() {
        return (InetSocketAddress) port.getLocalSocketAddress();
    }

    /** {@return the toxics for bytes from whoever connects to whom they want} */
    public Toxics toServer() {
        return toServer;
    }

    /** {@return the toxics for bytes on their way back} */
    public Toxics toClient() {
        return toClient;
    }

    /** {@return the number of connections that pass now} */
    public int connections() {
        return links.size();
    }

    /** Resets every connection that passes now, on both sides. */
    public void resetAll() {
        links.forEach(ToxicLink::reset);
    }

    /** Takes no more connections, resets those there are, and waits for its threads to end. */
    @Override
    public void close() throws IOException {
        port.close();
        acceptor.interrupt();
        try {
            acceptor.join();
            for (ToxicLink link : List.copyOf(links)) {
                link.stop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                free.acquire();
                forward(port.accept());
            }
        } catch (IOException | InterruptedException e) {
            // It was closed.
        }
    }

    private void forward(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_MILLIS);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(client);
            reset(server);
            free.release();
            return;
        }
        ToxicLink link = new ToxicLink(client, server, this, this::ended);
        links.add(link);
        link.start();
    }

    private void ended(ToxicLink link) {
        links.remove(link);
        free.release();
    }

    static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
    }
}
