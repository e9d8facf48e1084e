package dev.heartbeat.internal.log;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import org.slf4j.Logger;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/** What the slf4j that was found can do. */
public final class Logging {

    private Logging() {}

    /**
     * Refuses to start where the log would fail later, on the loops. Before anything is started.
     *
     * @throws HeartbeatException naming the version of slf4j that was found
     */
    public static void require() {
        Class<?> logger = Logger.class;
        try {
            Class.forName("org.slf4j.spi.LoggingEventBuilder", false, logger.getClassLoader());
        } catch (ClassNotFoundException e) {
            Package of = logger.getPackage();
            String version = of == null ? null : of.getImplementationVersion();
            throw new HeartbeatException(
                    FailureCode.CANNOT_START,
                    "heartbeat needs slf4j-api 2.0 or later, and "
                            + (version == null ? "an older one" : version) + " is on the class path: "
                            + logger.getProtectionDomain().getCodeSource().getLocation(),
                    e);
        }
    }

    /**
     * Whether the binding keeps pairs apart from the text. The builder of slf4j's own prints them
     * before the text where the logger takes only texts.
     */
    static boolean keepsPairs(Logger logger, LoggingEventBuilder builder) {
        return logger instanceof LoggingEventAware || !(builder instanceof DefaultLoggingEventBuilder);
    }
}
