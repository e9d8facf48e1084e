/** Decides which peers are alive: from a history and a time to a verdict. */
@NullMarked
package dev.heartbeat.internal.liveness;

import org.jspecify.annotations.NullMarked;
