package dev.heartbeat.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.StackTrace;

/** The category of all events of the bus. Where they are made says nothing, so no stack is kept. */
@Category("Heartbeat")
@StackTrace(false)
abstract class HeartbeatEvent extends Event {}
