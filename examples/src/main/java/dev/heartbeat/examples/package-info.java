/** Short programs that show one thing each. */
@NullMarked
package dev.heartbeat.examples;

import org.jspecify.annotations.NullMarked;
