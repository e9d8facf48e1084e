/** A program that embeds the bus; its transport and its metrics are found at run time. */
module com.example.fleet {
    requires dev.heartbeat.core;
}
