package dev.heartbeat;

/** The limits that the windows of a server, a client and a channel have in common. */
final class Windows {
    /** One DATA frame of full size, header included; docs/PROTOCOL.md, section 7. */
    static final int MIN_BYTES = 16_396;

    static final int MAX_BYTES = 1 << 30;

    static final String DEFAULT_MAX_TEXT = "1 MiB, or windowBytes if that is more";

    private Windows() {}
}
