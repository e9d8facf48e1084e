package dev.heartbeat.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Socket addresses in writing. */
final class Addresses {
    private Addresses() {}

    /** The host as a number; nothing is looked up. */
    static String host(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return ip == null ? address.getHostString() : ip.getHostAddress();
    }

    /** Host and port, an IPv6 host in brackets. */
    static String format(InetSocketAddress address) {
        String host = host(address);
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
