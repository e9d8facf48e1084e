package dev.heartbeat.testkit;

import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A connect on its way. Its connector is notified once how it ended, on its loop. */
final class SimConnect {
    private final SimTransport transport;
    private final SimLoop loop;
    private final InetSocketAddress remote;
    private final Connector connector;
    private boolean answered;

    SimConnect(SimTransport transport, SimLoop loop, InetSocketAddress remote, Connector connector) {
        this.transport = transport;
        this.loop = loop;
        this.remote = remote;
        this.connector = connector;
    }

    SimTransport transport() {
        return transport;
    }

    SimLoop loop() {
        return loop;
    }

    InetSocketAddress remote() {
        return remote;
    }

    boolean isAnswered() {
        return answered;
    }

    void succeed(SimConnection connection) {
        answer(() -> connection.open(connector::onOpen));
    }

    void fail(String why) {
        answer(() -> tellFailure(why));
    }

    private void answer(Runnable tell) {
        if (!answered) {
            answered = true;
            transport.answered(this);
            loop.onSocket(tell);
        }
    }

    void tellFailure(String why) {
        connector.onConnectFailed(new IOException("cannot connect to " + remote + ": " + why));
    }
}
