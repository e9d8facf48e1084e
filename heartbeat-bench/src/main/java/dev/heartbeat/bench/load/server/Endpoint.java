package dev.heartbeat.bench.load.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The port of a server, and the TLS that it speaks there.
 *
 * @param port where it listens; 0 for a free one
 * @param engine of TLS; {@link #NONE} without TLS
 * @param ticketKeys the file of the keys of tickets; {@link #NONE} without one
 */
public record Endpoint(int port, String engine, String ticketKeys) {
    private static final String NONE = "none";

    /** A free port, without TLS. */
    public static final Endpoint PLAIN = over(NONE);

    /** The number of {@link #words}. */
    static final int WORDS = 3;

    /** A free port, with TLS by this engine. */
    public static Endpoint over(String engine) {
        return new Endpoint(0, engine, NONE);
    }

    /** Whether it speaks TLS. */
    public boolean isTls() {
        return !engine.equals(NONE);
    }

    /** The same at this port, with this file of ticket keys if the engine takes one. */
    public Endpoint at(int newPort, Path newTicketKeys) {
        return new Endpoint(newPort, engine, engine.equals("openssl") ? newTicketKeys.toString() : NONE);
    }

    Optional<Path> ticketKeyFile() {
        return ticketKeys.equals(NONE) ? Optional.empty() : Optional.of(Path.of(ticketKeys));
    }

    /** As words on a command line. */
    public List<String> words() {
        return List.of(String.valueOf(port), engine, ticketKeys);
    }

    static Endpoint parse(List<String> words) {
        return new Endpoint(Integer.parseInt(words.get(0)), words.get(1), words.get(2));
    }
}
