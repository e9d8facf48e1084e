package dev.heartbeat;

/** The text of a group of numbers: {@code {online=5, suspect=0}}. */
final class StatsText {
    private final StringBuilder text = new StringBuilder("{");

    StatsText with(String name, Object value) {
        if (text.length() > 1) {
            text.append(", ");
        }
        text.append(name).append('=').append(value);
        return this;
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
