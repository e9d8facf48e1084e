/** Percentiles of what a server measures of itself. */
// HdrHistogram has no name of its own as a module, and becomes a part of this one when the jar is
// made.
@SuppressWarnings("requires-automatic")
module dev.heartbeat.histograms {
    requires transitive dev.heartbeat.core;
    requires static HdrHistogram;

    exports dev.heartbeat.histograms;

    provides dev.heartbeat.spi.RecorderProvider with
            dev.heartbeat.histograms.HdrRecorders;
}
