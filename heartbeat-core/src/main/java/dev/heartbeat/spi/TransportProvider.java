package dev.heartbeat.spi;

/**
 * Finds a transport on the class path or module path, by {@link java.util.ServiceLoader}.
 *
 * <p>Where several are present, the available one with the highest {@link #priority()} is taken, unless the application
 * names a transport itself. A provider has a public constructor without arguments and does nothing in it.
 */
public interface TransportProvider {

    /** A short lower-case name, such as {@code nio}, for logs and for choosing by name. */
    String name();

    /** Higher is preferred. The plain {@code java.nio} transport has 0. */
    int priority();

    /** Whether this machine can run it. Must not throw, whatever is missing; may be called more than once. */
    boolean isAvailable();

    /** Starts a transport; the caller closes it. */
    Transport create(TransportOptions options);
}
