package dev.heartbeat.tls;

/** What opens a key or a store. */
final class Password {
    private final char[] characters;

    Password(char[] characters) {
        this.characters = characters.clone();
    }

    char[] characters() {
        return characters.clone();
    }
}
