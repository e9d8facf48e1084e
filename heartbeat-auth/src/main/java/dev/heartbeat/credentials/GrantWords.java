package dev.heartbeat.credentials;

import dev.heartbeat.auth.Grant;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The words of a line that say what its token grants: patterns of node ids that a gateway may
 * attach, and lists such as {@code opening=log-*,metrics}, which narrow what its nodes may do.
 */
final class GrantWords {
    private static final String ALLOWED =
            " is neither a pattern of node ids, of 1 to 128 characters of A-Z a-z 0-9 . _ : - *, nor opening=,"
                    + " addressing= or joining= with patterns and commas between them, each once";

    private GrantWords() {}

    /**
     * A grant as the words of a line say from one of them on.
     *
     * @throws IOException if a word has another form; the message shows its number alone, because it
     *     may be the token in a wrong place
     */
    static Grant grant(String principal, Line line, int from) throws IOException {
        Grant grant = Grant.to(principal);
        Set<String> narrowed = new HashSet<>();
        List<String> words = line.words;
        for (int i = from; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            try {
                if (equals < 0) {
                    grant = grant.attaching(word);
                } else if (narrowed.add(word.substring(0, equals))) {
                    grant = narrowed(grant, word.substring(0, equals), patterns(word.substring(equals + 1)));
                } else {
                    throw new IllegalArgumentException("it is there twice");
                }
            } catch (IllegalArgumentException e) {
                throw line.bad("its word " + (i + 1) + ALLOWED);
            }
        }
        return grant;
    }

    private static Grant narrowed(Grant grant, String what, String... patterns) {
        return switch (what) {
            case "opening" -> grant.openingOnly(patterns);
            case "addressing" -> grant.addressingOnly(patterns);
            case "joining" -> grant.joiningOnly(patterns);
            default -> throw new IllegalArgumentException("there is no such limit");
        };
    }

    private static String[] patterns(String list) {
        return list.isEmpty() ? new String[0] : list.split(",", -1);
    }
}
