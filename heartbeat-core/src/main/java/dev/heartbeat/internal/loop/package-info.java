/** The belongings of one event loop: timers, clock, commands, and the work of a turn. */
@NullMarked
package dev.heartbeat.internal.loop;

import org.jspecify.annotations.NullMarked;
