package dev.heartbeat.spi;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds a transport on the class path or module path, by {@link java.util.ServiceLoader}.
 *
 * <p>If several are present, the available one with the highest {@link #priority()} is taken,
 * unless the application names a transport itself. A provider has a public constructor without
 * arguments and does nothing in it.
 *
 * @since 0.1
 */
public interface TransportProvider {

    /**
     * {@return a short lower-case name, such as {@code nio}, for logs and for choosing by name}
     */
    String name();

    /**
     * Higher is preferred. The plain {@code java.nio} transport has 0.
     *
     * @return the priority
     */
    int priority();

    /**
     * {@return whether this machine can run it} Must not throw, whatever is missing; may be called
     * more than once.
     */
    boolean isAvailable();

    /**
     * Starts a transport; the caller closes it.
     *
     * @return the transport
     * @throws IllegalStateException if this machine cannot run it; the message says why
     */
    Transport create(TransportOptions options);

    /**
     * {@return why this machine cannot run it, in a few words; empty if it can} As
     * {@link #isAvailable()}, must not throw.
     */
    default Optional<String> objection() {
        return isAvailable() ? Optional.empty() : Optional.of("it cannot run here");
    }

    /**
     * {@return the available one with the highest {@link #priority()}} One that throws when it is
     * asked is not available.
     */
    static Optional<TransportProvider> best() {
        return present().stream()
                .filter(provider -> objectionOf(provider).isEmpty())
                .max(Comparator.comparingInt(TransportProvider::priority));
    }

    /**
     * {@return the one of this {@link #name()}, whether it is available or not}
     *
     * @throws IllegalArgumentException if there is none; the message names those that are present
     */
    static TransportProvider named(String name) {
        Objects.requireNonNull(name, "name");
        List<TransportProvider> present = present();
        return present.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("transport is '" + name + "', allowed are those present: "
                                + String.join(
                                        ", ",
                                        present.stream()
                                                .map(TransportProvider::name)
                                                .sorted()
                                                .toList())));
    }

    /**
     * {@return all that are found, available or not: by the context class loader of the thread and
     * by that of this library} One that cannot be loaded is left out, which is said in the log.
     */
    static List<TransportProvider> present() {
        return Services.present(TransportProvider.class);
    }

    /** {@return {@link #objection()}, of one that may break its word and throw} */
    static Optional<String> objectionOf(TransportProvider provider) {
        Objects.requireNonNull(provider, "provider");
        try {
            return provider.objection();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(e.toString());
        }
    }
}
