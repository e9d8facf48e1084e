package dev.heartbeat.spi;

import java.util.List;
import java.util.Optional;

/**
 * Makes the recorders by which a server measures itself. Found on the class path or module path by
 * {@link java.util.ServiceLoader}, unless the application gives one to the builder; without any,
 * counts, sums and maxima are kept. Every method may be called from any thread.
 *
 * <p>A provider has a public constructor without arguments and does nothing in it.
 *
 * @since 0.1
 */
public interface RecorderProvider {

    /**
     * One for each measure and event loop that has anything to record.
     *
     * @return the recorder
     */
    Recorder newRecorder();

    /**
     * {@return the first that is found, by the context class loader of the thread and by that of
     * this library}
     */
    static Optional<RecorderProvider> first() {
        return Services.present(RecorderProvider.class).stream().findFirst();
    }

    /** {@return all that these recorders, which this provider made, have taken together} */
    Distribution summarize(List<Recorder> recorders);
}
