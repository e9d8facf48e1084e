package dev.heartbeat.bench.load.generator;

import java.io.IOException;

/** The server did not do as it should; the message is the one line that says what it did. */
final class LoadException extends IOException {
    private static final long serialVersionUID = 1L;

    LoadException(String message) {
        super(message);
    }
}
