package dev.heartbeat.admin.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are answered. A page of another site can make a browser ask, so the Host
 * and the Origin are looked at, and a change needs a media type that no form has.
 */
public final class Guard {
    private static final String BEARER = "Bearer ";

    private final boolean checksHost;
    private final Set<String> hosts;
    private final @Nullable Supplier<String> token;

    private Guard(boolean checksHost, Set<String> hosts, @Nullable Supplier<String> token) {
        this.checksHost = checksHost;
        this.hosts = hosts;
        this.token = token;
    }

    /** Lets everybody in. */
    public static Guard none() {
        return new Guard(false, Set.of(), null);
    }

    /**
     * @param hosts the names that a Host may have, in lower case; an address always is allowed,
     *     because an attacker can redirect names only
     * @param token read for each request; null for none
     */
    public static Guard of(Set<String> hosts, @Nullable Supplier<String> token) {
        return new Guard(true, Set.copyOf(hosts), token);
    }

    /** Refuses a request that comes from elsewhere. */
    void requireOwnSite(HttpMethod method, HttpHeaders headers, boolean isTls) throws Problem {
        if (!checksHost) {
            return;
        }
        List<String> given = headers.getAll(HttpHeaderNames.HOST);
        if (given.size() != 1) {
            throw Problem.badRequest("a request has one Host");
        }
        String host = given.get(0);
        if (!isAllowed(withoutPort(host).toLowerCase(Locale.ROOT))) {
            throw new Problem(HttpResponseStatus.MISDIRECTED_REQUEST, "this Host is not served here");
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.equalsIgnoreCase((isTls ? "https://" : "http://") + host)) {
            throw new Problem(HttpResponseStatus.FORBIDDEN, "requests of other sites are not answered");
        }
        if (method.equals(HttpMethod.POST)) {
            String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
            if (!type.toLowerCase(Locale.ROOT).split(";", -1)[0].trim().equals("application/json")) {
                throw new Problem(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "the body is to be application/json");
            }
        }
    }

    private boolean isAllowed(String host) {
        String literal = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return hosts.contains(host) || NetUtil.isValidIpV4Address(literal) || NetUtil.isValidIpV6Address(literal);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** Refuses a request without the token. */
    void requireToken(HttpHeaders headers) throws Problem {
        if (token == null) {
            return;
        }
        String given = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        boolean isRight = given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && isEqual(given.substring(BEARER.length()).trim(), token.get());
        if (!isRight) {
            throw new Problem(HttpResponseStatus.UNAUTHORIZED, "a token is needed: Authorization: Bearer …");
        }
    }

    /** In a time that says nothing of either, not even the length. */
    private static boolean isEqual(String one, String other) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] first = digest.digest(one.getBytes(UTF_8));
            return MessageDigest.isEqual(first, digest.digest(other.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}
