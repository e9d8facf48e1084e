/** The reports of what was seen, as tables, numbers and pictures. */
@NullMarked
package dev.heartbeat.bench.load.report;

import org.jspecify.annotations.NullMarked;
