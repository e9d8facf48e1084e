/** The commands behind the {@code heartbeat} launcher. */
@NullMarked
package dev.heartbeat.cli;

import org.jspecify.annotations.NullMarked;
