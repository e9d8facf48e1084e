package dev.heartbeat.internal.node;

import dev.heartbeat.OfflineReason;

/** A session that does nothing. */
final class NoOwner implements Registration.Owner {
    @Override
    public void wake() {}

    @Override
    public void superseded() {}

    @Override
    public void ended(OfflineReason reason, String text) {}

    @Override
    public void drain(long retryAfterMillis) {}
}
