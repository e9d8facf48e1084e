package dev.heartbeat.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Socket addresses in writing. */
final class Addresses {
    private Addresses() {}

    /**
     * The host as a number; nothing is looked up. All addresses at once are the IPv4 form of that,
     * which everybody knows.
     */
    static String host(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            return address.getHostString();
        }
        return ip.isAnyLocalAddress() ? "0.0.0.0" : ip.getHostAddress();
    }

    /** Host and port, an IPv6 host in brackets. */
    static String format(InetSocketAddress address) {
        String host = host(address);
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
