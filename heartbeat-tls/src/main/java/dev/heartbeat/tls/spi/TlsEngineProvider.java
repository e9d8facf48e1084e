package dev.heartbeat.tls.spi;

import java.util.Optional;

/**
 * Brings engines, found by {@link java.util.ServiceLoader}. The one of the highest priority that can
 * run here is taken, unless another is named.
 *
 * @since 0.1
 */
public interface TlsEngineProvider {

    /** {@return its name, such as {@code jdk}} */
    String name();

    /** {@return its rank: the greatest is preferred, and the JDK's is 0} */
    int priority();

    /**
     * Why it cannot run here; empty if it can. Does not throw.
     *
     * @return the reason, or empty
     */
    Optional<String> objection();

    /** {@return whether its servers take {@link TlsSettings#ticketKeys()}; false by default} */
    default boolean takesTicketKeys() {
        return false;
    }

    /**
     * Makes the engines of a side.
     *
     * @return engines of that side
     * @throws IllegalStateException if it cannot run here
     */
    TlsEngines create(TlsSettings settings);
}
