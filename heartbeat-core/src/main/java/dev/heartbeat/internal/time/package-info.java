/** Timers and backoff, on a time that is always handed in. */
@NullMarked
package dev.heartbeat.internal.time;

import org.jspecify.annotations.NullMarked;
