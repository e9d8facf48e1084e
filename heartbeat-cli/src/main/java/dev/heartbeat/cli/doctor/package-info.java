/** Checks of a machine, a Java and a running server. */
@NullMarked
package dev.heartbeat.cli.doctor;

import org.jspecify.annotations.NullMarked;
