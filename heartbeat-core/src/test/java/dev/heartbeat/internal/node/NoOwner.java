package dev.heartbeat.internal.node;

import dev.heartbeat.OfflineReason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.loop.HandLoop;
import dev.heartbeat.internal.loop.Loop;
import java.net.InetSocketAddress;

/** A session that does nothing. */
final class NoOwner implements Registration.Owner {
    @Override
    public InetSocketAddress remoteAddress() {
        return ManualEnvironment.NOWHERE;
    }

    @Override
    public Loop loop() {
        return new HandLoop();
    }

    @Override
    public void cancel(Envelope request) {}

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
    public void wake() {}

    @Override
    public void notPassedOn(String text) {}

    @Override
    public void superseded() {}

    @Override
    public void ended(OfflineReason reason, String text) {}

    @Override
    public void drain(long retryAfterMillis) {}
}
