package dev.heartbeat.tasks;

/** Judges arguments. */
final class Ranges {
    private Ranges() {}

    static int require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            String range = most == Integer.MAX_VALUE ? least + " and more" : least + " to " + most;
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + range);
        }
        return value;
    }
}
