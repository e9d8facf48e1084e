package dev.heartbeat.credentials;

import dev.heartbeat.auth.Grant;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a signed token: the principal of its holder, the node ids it may register, and the
 * time for which it holds. Nothing of it is secret. Immutable.
 *
 * @since 0.1
 */
public final class TokenClaims {
    private static final int MAX_DAYS = 3650;
    private static final String PRINCIPAL = "principal";
    private static final String NODES = "nodes";
    private static final String ATTACHING = "attaching";
    private static final String FROM = "from";
    private static final String UNTIL = "until";

    private final String nodeIds;
    private final List<String> attaching;
    private final @Nullable Instant notBefore;
    private final Instant expiresAt;
    private final Grant grant;
    /** Matches what {@link #nodeIds} says, as patterns are the grant's. */
    private final Grant own;

    private TokenClaims(
            String principal, String nodeIds, List<String> attaching, @Nullable Instant notBefore, Instant expiresAt) {
        if (principal.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("principal has a control character, allowed is none");
        }
        this.nodeIds = nodeIds;
        this.attaching = List.copyOf(attaching);
        this.notBefore = notBefore;
        this.expiresAt = expiresAt;
        Grant granted = Grant.to(principal);
        own = granted.attaching(nodeIds);
        for (String pattern : attaching) {
            granted = granted.attaching(pattern);
        }
        grant = granted;
    }

    /**
     * {@return claims of a principal that may register the nodes of a pattern, with a connection
     * for each}
     *
     * @param principal 1 to 256 characters without control characters
     * @param nodeIds an id; in it, {@code *} stands for any characters or none
     * @param expiresAt from when on the token is refused; full seconds count
     * @throws IllegalArgumentException if the principal is another, or no id can match the pattern
     */
    public static TokenClaims of(String principal, String nodeIds, Instant expiresAt) {
        return new TokenClaims(
                Objects.requireNonNull(principal, "principal"),
                Objects.requireNonNull(nodeIds, "nodeIds"),
                List.of(),
                null,
                Objects.requireNonNull(expiresAt, "expiresAt").truncatedTo(ChronoUnit.SECONDS));
    }

    /**
     * {@return these claims, and that of further nodes that a connection speaks for as a gateway}
     *
     * @param pattern an id; in it, {@code *} stands for any characters or none
     * @throws IllegalArgumentException if no id can match it, or there are
     *     {@link Grant#MAX_PATTERNS} already
     */
    public TokenClaims attaching(String pattern) {
        List<String> all = new ArrayList<>(attaching);
        all.add(Objects.requireNonNull(pattern, "pattern"));
        return new TokenClaims(principal(), nodeIds, all, notBefore, expiresAt);
    }

    /**
     * {@return these claims, which hold from this moment on}
     *
     * @param value full seconds count. Clocks of two machines differ: a token that holds from now
     *     on may be refused for a moment
     */
    public TokenClaims notBefore(Instant value) {
        return new TokenClaims(
                principal(),
                nodeIds,
                attaching,
                Objects.requireNonNull(value, "notBefore").truncatedTo(ChronoUnit.SECONDS),
                expiresAt);
    }

    /** {@return whose the token is} */
    public String principal() {
        return grant.principal();
    }

    /** {@return the pattern of ids that the holder may register with a connection of their own} */
    public String nodeIds() {
        return nodeIds;
    }

    /** {@return the patterns of ids that the holder may attach as a gateway; unmodifiable} */
    public List<String> attaching() {
        return attaching;
    }

    /** {@return from when on they hold; null if they did always} */
    public @Nullable Instant notBefore() {
        return notBefore;
    }

    /** {@return from when on they hold no more} */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** Returns their grant to a connection for a node; {@link Grant#none} if they grant nothing. */
    Grant grant(String nodeId, Instant now) {
        boolean inTime = now.isBefore(expiresAt) && (notBefore == null || !now.isBefore(notBefore));
        return inTime && own.mayAttach(nodeId) ? grant.validFor(timeLeft(now)) : Grant.none();
    }

    /** Within what a grant may have. */
    private Duration timeLeft(Instant now) {
        Duration left = now.until(expiresAt, ChronoUnit.DAYS) >= MAX_DAYS
                ? Duration.ofDays(MAX_DAYS)
                : Duration.between(now, expiresAt);
        return left.toMillis() == 0 ? Duration.ofMillis(1) : left;
    }

    /** One line for each, a name and a value. */
    String payload() {
        StringBuilder payload = new StringBuilder();
        add(payload, PRINCIPAL, principal());
        add(payload, NODES, nodeIds);
        attaching.forEach(pattern -> add(payload, ATTACHING, pattern));
        if (notBefore != null) {
            add(payload, FROM, Long.toString(notBefore.getEpochSecond()));
        }
        add(payload, UNTIL, Long.toString(expiresAt.getEpochSecond()));
        return payload.toString();
    }

    private static void add(StringBuilder payload, String name, String value) {
        payload.append(name).append(' ').append(value).append('\n');
    }

    /**
     * Reads what {@link #payload} has written.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static TokenClaims read(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        String principal = "";
        String nodeIds = "";
        List<String> attaching = new ArrayList<>();
        Instant from = null;
        Instant until = Instant.EPOCH;
        for (String line : text.split("\n", -1)) {
            int space = line.indexOf(' ');
            String value = line.substring(space + 1);
            switch (line.substring(0, Math.max(0, space))) {
                case PRINCIPAL -> principal = value;
                case NODES -> nodeIds = value;
                case ATTACHING -> attaching.add(value);
                case FROM -> from = instant(value);
                case UNTIL -> until = instant(value);
                default -> {
                    // The last is empty. Whatever else there is shows below.
                }
            }
        }
        TokenClaims claims = new TokenClaims(principal, nodeIds, attaching, from, until);
        if (!claims.payload().equals(text)) {
            throw new IllegalArgumentException("the payload is not one of version 1");
        }
        return claims;
    }

    private static Instant instant(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw new IllegalArgumentException("the payload has a time that is none", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenClaims claims && claims.payload().equals(payload());
    }

    @Override
    public int hashCode() {
        return payload().hashCode();
    }

    @Override
    public String toString() {
        return principal() + " may register " + nodeIds + ", attaching " + attaching
                + (notBefore == null ? "" : ", from " + notBefore) + ", until " + expiresAt;
    }
}
