package dev.heartbeat;

/** The form of a host in the options of servers and clients. */
final class Hosts {
    static final String ALLOWED = "a host's name or address";

    private Hosts() {}

    /** Nothing at all would be taken for this machine. */
    static boolean isHost(String value) {
        return !value.isBlank();
    }
}
