package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.cli.DemoFleet.Group;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

class DemoOptionsTest {

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 60, 999, 1000, 15_000, 100_000})
    void everyNodeIsInOneGroupAndThoseHurtAreBelowTheMassGuard(int nodes) {
        DemoOptions options = options(nodes);

        assertThat(options.groups().stream().mapToInt(Group::size).sum()).isEqualTo(nodes);
        assertThat(options.groups().stream().map(Group::name)).doesNotHaveDuplicates();
        assertThat(options.groups())
                .contains(options.killed(), options.stopped())
                .allMatch(group -> group.size() > 0);
        assertThat(options.killed().size() + options.stopped().size()).isLessThanOrEqualTo(100);
    }

    private static DemoOptions options(int nodes) {
        ParseResult parsed = Main.commandLine().parseArgs("demo", "--nodes", String.valueOf(nodes));
        return (DemoOptions)
                parsed.subcommand().commandSpec().mixins().get("options").userObject();
    }
}
