/** The frames of docs/PROTOCOL.md that the peers written by hand here send and read. */
@NullMarked
package dev.heartbeat.bench.wire;

import org.jspecify.annotations.NullMarked;
