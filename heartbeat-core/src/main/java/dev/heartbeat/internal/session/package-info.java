/** The parts that the sessions of both sides share. */
@NullMarked
package dev.heartbeat.internal.session;

import org.jspecify.annotations.NullMarked;
