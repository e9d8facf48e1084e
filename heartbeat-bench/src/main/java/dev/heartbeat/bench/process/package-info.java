/** Processes of a benchmark, and how who started them talks to them. */
@NullMarked
package dev.heartbeat.bench.process;

import org.jspecify.annotations.NullMarked;
