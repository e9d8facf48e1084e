/** The lines of the library's log. */
@NullMarked
package dev.heartbeat.internal.log;

import org.jspecify.annotations.NullMarked;
