package dev.heartbeat.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A proxied connection: its two sockets, and a thread for each direction. */
final class ToxicLink {
    private final Socket client;
    private final Socket server;
    private final Thread toServer;
    private final Thread toClient;
    private final AtomicInteger pumping = new AtomicInteger(2);
    private final Consumer<ToxicLink> onEnd;

    ToxicLink(Socket client, Socket server, ToxicProxy proxy, Consumer<ToxicLink> onEnd) {
        this.client = client;
        this.server = server;
        this.onEnd = onEnd;
        toServer = thread(new ToxicPump(this, client, server, proxy.toServer()), "toxic-proxy-to-server");
        toClient = thread(new ToxicPump(this, server, client, proxy.toClient()), "toxic-proxy-to-client");
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        toServer.start();
        toClient.start();
    }

    /** Closes both sockets in order. */
    void close() {
        close(client);
        close(server);
    }

    /** Closes both sockets so that each peer sees a reset. */
    void reset() {
        ToxicProxy.reset(client);
        ToxicProxy.reset(server);
    }

    /**
     * A direction is done. The link lives until both are: the other may be the half that is still
     * open.
     */
    void ended() {
        if (pumping.decrementAndGet() == 0) {
            close();
            onEnd.accept(this);
        }
    }

    void stop() throws InterruptedException {
        toServer.interrupt();
        toClient.interrupt();
        reset();
        toServer.join();
        toClient.join();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
