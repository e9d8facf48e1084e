package dev.heartbeat.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names that a grant allows: all of them, or those of at most so many patterns. Immutable. */
final class NamePatterns {
    static final NamePatterns ALL = new NamePatterns(null);
    static final NamePatterns NONE = new NamePatterns(List.of());

    /** Null for all names. */
    private final @Nullable List<NamePattern> patterns;

    private NamePatterns(@Nullable List<NamePattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * Those of these patterns alone.
     *
     * @throws IllegalArgumentException if one of them is wrong, or there are too many
     */
    static NamePatterns of(String parameter, Function<String, NamePattern> kind, String... texts) {
        Objects.requireNonNull(texts, parameter);
        NamePatterns all = NONE;
        for (String text : texts) {
            all = all.with(kind.apply(Objects.requireNonNull(text, parameter)));
        }
        return all;
    }

    /**
     * These, and those of one pattern more.
     *
     * @throws IllegalArgumentException if there are too many
     */
    NamePatterns with(NamePattern pattern) {
        List<NamePattern> more = patterns == null ? new ArrayList<>() : new ArrayList<>(patterns);
        if (more.size() == Grant.MAX_PATTERNS) {
            throw new IllegalArgumentException("a grant has " + Grant.MAX_PATTERNS + " patterns at most of each kind");
        }
        more.add(pattern);
        return new NamePatterns(List.copyOf(more));
    }

    /** Takes no garbage. */
    boolean match(String name) {
        if (patterns == null) {
            return true;
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).matches(name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return patterns == null ? "all" : patterns.toString();
    }
}
