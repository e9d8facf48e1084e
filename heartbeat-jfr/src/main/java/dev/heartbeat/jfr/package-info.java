/**
 * Events of a server in recordings of the JDK Flight Recorder:
 * {@link dev.heartbeat.jfr.ServerRecording}.
 *
 * @since 0.1
 */
@NullMarked
package dev.heartbeat.jfr;

import org.jspecify.annotations.NullMarked;
