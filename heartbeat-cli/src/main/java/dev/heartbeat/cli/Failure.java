package dev.heartbeat.cli;

/**
 * A command cannot do what it was asked; the message is the one line that says why, and what to do
 * about it.
 */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message);
    }
}
