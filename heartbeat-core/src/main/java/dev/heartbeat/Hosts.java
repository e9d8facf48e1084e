package dev.heartbeat;

/** What a server and a client take for a host. */
final class Hosts {
    static final String ALLOWED = "a host's name or address";

    private Hosts() {}

    /** Nothing at all would be taken for this machine. */
    static boolean isHost(String value) {
        return !value.isBlank();
    }
}
