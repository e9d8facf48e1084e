package dev.heartbeat.bench;

/** Hears how far a run is. Any thread, one call at a time. */
public interface Progress {
    /** A step of it begins. */
    void step(String label);

    /** Something that people should know. */
    void note(String text);
}
