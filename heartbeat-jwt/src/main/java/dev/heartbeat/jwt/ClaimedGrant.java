package dev.heartbeat.jwt;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads a grant from the claim of {@link JsonWebTokens}'s own form. */
final class ClaimedGrant implements BiFunction<Map<String, Object>, Applicant, Grant> {
    /** The claim. */
    static final String NAME = "heartbeat";

    private static final String NODES = "nodes";
    private static final String ATTACHING = "attaching";
    private static final String OPENING = "opening";
    private static final String ADDRESSING = "addressing";
    private static final String JOINING = "joining";
    private static final Set<String> ALL = Set.of(NODES, ATTACHING, OPENING, ADDRESSING, JOINING);

    @Override
    public Grant apply(Map<String, Object> claims, Applicant applicant) {
        try {
            return read(claims, applicant.nodeId());
        } catch (IllegalArgumentException | ClassCastException e) {
            return Grant.none(); // It has another form, such as a pattern that no id can match.
        }
    }

    private static Grant read(Map<String, Object> claims, String nodeId) {
        String subject = (String) claims.getOrDefault("sub", "");
        Object said = claims.get(NAME);
        Map<?, ?> claim = said == null ? Map.of() : (Map<?, ?>) said;
        // A member of another name may be one that was mistyped, and was to narrow the grant.
        if (!ALL.containsAll(claim.keySet()) || subject.chars().anyMatch(Character::isISOControl)) {
            return Grant.none();
        }
        Grant grant = Grant.to(subject);
        boolean isOwn = claim.containsKey(NODES)
                ? attaching(grant, texts(claim, NODES)).mayAttach(nodeId)
                : subject.equals(nodeId);
        if (!isOwn) {
            return Grant.none();
        }
        if (claim.containsKey(ATTACHING)) {
            grant = attaching(grant, texts(claim, ATTACHING));
        }
        if (claim.containsKey(OPENING)) {
            grant = grant.openingOnly(texts(claim, OPENING));
        }
        if (claim.containsKey(ADDRESSING)) {
            grant = grant.addressingOnly(texts(claim, ADDRESSING));
        }
        return claim.containsKey(JOINING) ? grant.joiningOnly(texts(claim, JOINING)) : grant;
    }

    private static Grant attaching(Grant grant, String... patterns) {
        Grant granted = grant;
        for (String pattern : patterns) {
            granted = granted.attaching(pattern);
        }
        return granted;
    }

    /** A text, or a list of texts. */
    private static String[] texts(Map<?, ?> claim, String name) {
        Object value = claim.get(name);
        List<?> all = value instanceof String one ? List.of(one) : (List<?>) value;
        if (all == null) {
            throw new IllegalArgumentException(name + " is null");
        }
        return all.stream().map(String.class::cast).toArray(String[]::new);
    }
}
