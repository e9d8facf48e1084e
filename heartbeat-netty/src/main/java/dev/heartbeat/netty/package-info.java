/**
 * The transport on Netty's event loops: epoll where the system has it, and the host application's
 * own loops if it likes.
 */
@NullMarked
package dev.heartbeat.netty;

import org.jspecify.annotations.NullMarked;
