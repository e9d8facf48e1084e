/** Bugs that are planted in sources of the bus, so that its tests are seen to find them. */
@NullMarked
package dev.heartbeat.planted;

import org.jspecify.annotations.NullMarked;
