package dev.heartbeat.tls;

import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;

/** The names of servers, which TLS sends and verifies. */
final class HostNames {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

    private HostNames() {}

    /** Whether it is a name and no literal of an address, which may not be sent (RFC 6066). */
    static boolean mayBeSent(String host) {
        if (LITERAL.matcher(host).matches()) {
            return false;
        }
        try {
            SNIHostName unused = new SNIHostName(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false; // Such as one with an underscore, which resolvers take.
        }
    }
}
