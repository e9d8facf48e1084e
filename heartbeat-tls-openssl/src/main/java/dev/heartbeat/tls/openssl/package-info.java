/** The TLS engine of BoringSSL, found by itself where it is on the class path. */
@NullMarked
package dev.heartbeat.tls.openssl;

import org.jspecify.annotations.NullMarked;
