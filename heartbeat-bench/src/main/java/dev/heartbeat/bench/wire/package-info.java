/** The frames that whoever is written by hand here has to say and to read, by docs/PROTOCOL.md. */
@NullMarked
package dev.heartbeat.bench.wire;

import org.jspecify.annotations.NullMarked;
