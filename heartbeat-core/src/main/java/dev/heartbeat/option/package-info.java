/**
 * The options: one description of each, from which the builders' checks, the flags of the command
 * line and the page of options come. Applications need nothing of it except to fill a builder from
 * a source of their own, such as a file.
 */
@NullMarked
package dev.heartbeat.option;

import org.jspecify.annotations.NullMarked;
