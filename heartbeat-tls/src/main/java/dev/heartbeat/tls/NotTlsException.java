package dev.heartbeat.tls;

import javax.net.ssl.SSLException;

/** The peer speaks something else. */
final class NotTlsException extends SSLException {
    private static final long serialVersionUID = 1;

    NotTlsException(String message) {
        super(message);
    }
}
