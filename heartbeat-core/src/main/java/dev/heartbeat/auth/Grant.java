package dev.heartbeat.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an {@link Authenticator} grants to a connection: who it is, and which nodes it may speak
 * for. Immutable.
 *
 * @since 0.1
 */
public final class Grant {
    /** The number of patterns that a grant may have. */
    public static final int MAX_PATTERNS = 64;

    private static final int MAX_PRINCIPAL = 256;
    private static final Grant NONE = new Grant("", List.of());

    private final String principal;
    private final List<IdPattern> attaching;

    private Grant(String principal, List<IdPattern> attaching) {
        this.principal = principal;
        this.attaching = attaching;
    }

    /** {@return the refusal: nothing is granted, and the client hears UNAUTHORIZED} */
    public static Grant none() {
        return NONE;
    }

    /**
     * {@return the grant of the id that was asked for, and of nothing else}
     *
     * @param principal who it is that registers, such as an account or the subject of a
     *     certificate: 1 to 256 characters. Only the same principal may take a registered node
     *     over, or come back to it while its grace lasts
     * @throws IllegalArgumentException if it is empty or longer
     */
    public static Grant to(String principal) {
        Objects.requireNonNull(principal, "principal");
        if (principal.isEmpty() || principal.length() > MAX_PRINCIPAL) {
            throw new IllegalArgumentException(
                    "principal is " + principal.length() + " characters, allowed is 1 to " + MAX_PRINCIPAL);
        }
        return new Grant(principal, List.of());
    }

    /**
     * {@return this grant, and that of further nodes that the connection speaks for as a gateway}
     * They register without another call of the authenticator, as the same principal.
     *
     * @param nodeIds an id; in it, {@code *} stands for any characters or none
     * @throws IllegalArgumentException if no id could match it, or there are {@link #MAX_PATTERNS}
     *     already
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant attaching(String nodeIds) {
        Objects.requireNonNull(nodeIds, "nodeIds");
        if (isNone()) {
            throw new IllegalStateException("a refusal grants no nodes");
        }
        if (attaching.size() == MAX_PATTERNS) {
            throw new IllegalArgumentException("a grant has " + MAX_PATTERNS + " patterns at most");
        }
        List<IdPattern> all = new ArrayList<>(attaching);
        all.add(IdPattern.of(nodeIds));
        return new Grant(principal, List.copyOf(all));
    }

    /** {@return whether it refuses} */
    public boolean isNone() {
        return principal.isEmpty();
    }

    /** {@return who it is; empty where it refuses} */
    public String principal() {
        return principal;
    }

    /** {@return whether the connection may speak for this node as a gateway} */
    public boolean mayAttach(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return attaching.stream().anyMatch(pattern -> pattern.matches(nodeId));
    }

    @Override
    public String toString() {
        return isNone() ? "nothing is granted" : "granted to " + principal + ", attaching " + attaching;
    }
}
