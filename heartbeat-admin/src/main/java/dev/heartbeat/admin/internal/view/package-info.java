/** What the pages and the API show of a server, and what they do to it. */
@NullMarked
package dev.heartbeat.admin.internal.view;

import org.jspecify.annotations.NullMarked;
