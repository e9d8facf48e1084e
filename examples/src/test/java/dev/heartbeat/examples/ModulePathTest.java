package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Heartbeat works as Java modules: one line of {@code requires} brings all of it. */
final class ModulePathTest {

    @Test
    void oneRequiresBringsAll() {
        assertThat(ModulePathTest.class.getModule().getName()).isEqualTo("dev.heartbeat.examples");
        assertThat(ModuleLayer.boot().modules())
                .extracting(Module::getName)
                .contains("dev.heartbeat.nio", "dev.heartbeat.core", "org.jspecify", "org.slf4j");
    }
}
