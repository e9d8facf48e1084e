package dev.heartbeat.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses that are written in numbers. Nothing is ever looked up.
 *
 * @since 0.1
 */
public final class IpLiteral {
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private IpLiteral() {}

    /**
     * Reads four decimal numbers without leading zeros, or an IPv6 address without a zone. An
     * IPv4-mapped address is an IPv4 address.
     *
     * @return the address; null if the text is none
     */
    public static @Nullable InetAddress parse(String text) {
        Objects.requireNonNull(text, "text");
        boolean ipv6 = text.indexOf(':') >= 0;
        if (!(ipv6 ? IPV6 : IPV4).matcher(text).matches()) {
            return null;
        }
        try {
            // Brackets keep the JDK from taking it for a name.
            return InetAddress.getByName(ipv6 ? "[" + text + "]" : text);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
