/**
 * Programs in processes of their own, for this project's tests, benchmarks and commands. It is no
 * part of the testkit's API.
 */
@NullMarked
package dev.heartbeat.testkit.process;

import org.jspecify.annotations.NullMarked;
