/**
 * Which connections a server keeps: lists of networks, limits per address, and rates. It knows no
 * session and no node.
 */
@NullMarked
package dev.heartbeat.internal.admission;

import org.jspecify.annotations.NullMarked;
