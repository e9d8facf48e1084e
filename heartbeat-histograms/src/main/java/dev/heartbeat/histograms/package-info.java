/**
 * Percentiles of what a server measures of itself. On the class path is enough: the server finds
 * it.
 */
@NullMarked
package dev.heartbeat.histograms;

import org.jspecify.annotations.NullMarked;
