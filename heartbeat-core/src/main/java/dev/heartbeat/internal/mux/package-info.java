/** Channels over one connection: windows, order and fairness of what is written. */
@NullMarked
package dev.heartbeat.internal.mux;

import org.jspecify.annotations.NullMarked;
