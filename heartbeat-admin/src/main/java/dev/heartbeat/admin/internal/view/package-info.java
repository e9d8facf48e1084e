/** The page and the API: they show a server, and change it. */
@NullMarked
package dev.heartbeat.admin.internal.view;

import org.jspecify.annotations.NullMarked;
