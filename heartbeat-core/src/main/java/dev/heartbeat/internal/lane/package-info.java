/** Serial execution of application callbacks, off the event loop. */
@NullMarked
package dev.heartbeat.internal.lane;

import org.jspecify.annotations.NullMarked;
