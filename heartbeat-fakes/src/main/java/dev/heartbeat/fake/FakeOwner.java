package dev.heartbeat.fake;

import dev.heartbeat.OfflineReason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.node.Registration;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A node's session that does nothing, and counts how often it is woken. */
public class FakeOwner implements Registration.Owner {
    private final AtomicInteger wakes = new AtomicInteger();

    /** The number of wake-ups for waiting messages. */
    public int wakes() {
        return wakes.get();
    }

    @Override
    public void wake() {
        wakes.incrementAndGet();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return FakeConnection.NOWHERE;
    }

    @Override
    public Loop loop() {
        return FakeLoop.still();
    }

    @Override
    public boolean hasOwnConnection() {
        return true;
    }

    @Override
    public int maxMessageBytes() {
        return 1 << 20;
    }

    @Override
    public int rttMicros() {
        return 0;
    }

    @Override
    public void cancel(Envelope request) {}

    @Override
    public void notPassedOn(ErrorCode code, String text) {}

    @Override
    public void superseded() {}

    @Override
    public void ended(OfflineReason reason, String text) {}

    @Override
    public void drain(long retryAfterMillis) {}
}
