/** Checks of a machine, a Java and a running server: what is seen, what that means, what to change. */
@NullMarked
package dev.heartbeat.cli.doctor;

import org.jspecify.annotations.NullMarked;
