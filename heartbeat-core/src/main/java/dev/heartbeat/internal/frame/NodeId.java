package dev.heartbeat.internal.frame;

/**
 * The form of a node id, and of the key of a metadata entry: characters that need no escaping
 * anywhere.
 */
public final class NodeId {
    public static final int MAX_LENGTH = 128;

    private NodeId() {}

    /** Why it is not a node id, or an empty string if it is one. */
    public static String objection(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return "node id has " + id.length() + " characters, expected 1 to " + MAX_LENGTH;
        }
        return isPlain(id) ? "" : "node id has a character outside A-Z a-z 0-9 . _ : -";
    }

    static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isPlain(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '-';
    }
}
