package dev.heartbeat.tls;

import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/** The memory that all connections of a layer may hold ciphertext in. Any thread. */
final class HeldBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    HeldBudget(long limit) {
        this.limit = limit;
    }

    void take(int bytes) throws SSLException {
        long now = held.addAndGet(bytes);
        if (now > limit) {
            held.addAndGet(-bytes);
            throw new SSLException("no memory for a TLS record that is not complete: connections hold " + (now - bytes)
                    + " bytes of " + limit + " (heldBytes)");
        }
    }

    void giveBack(int bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
