package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.heartbeat.ServerOptions;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The files of deploy/ can be read, fit together, and name what exists. {@code MetricsPageTest} holds
 * their metrics to those of a scrape, {@link DeployToolsTest} shows the files to the tools they are for.
 */
@Tag("once")
final class DeployTest {
    private static final Pattern VARIABLE = Pattern.compile("\\bHEARTBEAT_[A-Z0-9_]+");
    private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9.-]*[a-z0-9]");
    private static final Pattern PATH = Pattern.compile("(?<![\\w.])/(?:health|metrics|api)\\b[a-z/]*");
    private static final Pattern SECONDS = Pattern.compile("(\\d+)([smh])");

    /** Flags of docker, kubectl, prometheus, useradd, and of scripts here. */
    private static final Set<String> OF_OTHERS = Set.of(
            "--config.file",
            "--from-file",
            "--help",
            "--no-create-home",
            "--retries",
            "--root",
            "--start-period",
            "--storage.tsdb.retention.time",
            "--system",
            "--uid",
            "--yes");

    private static final Set<String> OPTIONS =
            Main.commandLine().getSubcommands().get("server").getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .collect(Collectors.toSet());

    // ---- names

    @Test
    void everyFlagAndVariableIsAnOptionOfTheServer() throws IOException {
        Set<String> known = new TreeSet<>(Set.of("HEARTBEAT_JAVA_OPTS"));
        OPTIONS.forEach(flag -> known.add(EnvironmentOptions.variableOf(flag.substring(2))));
        Set<String> used = new TreeSet<>();
        Deployed.texts().forEach((file, text) -> {
            assertThat(matches(VARIABLE, text)).as("%s", file).isSubsetOf(known);
            Set<String> flags = matches(FLAG, text);
            flags.removeAll(OF_OTHERS);
            assertThat(OPTIONS).as("%s", file).containsAll(flags);
            used.addAll(flags);
        });
        assertThat(used).contains("--config", "--proxy-protocol-from");
    }

    @Test
    void everyPathIsAnswered() throws IOException {
        String answered = Files.readString(
                Page.ROOT.resolve("heartbeat-admin/src/main/java/dev/heartbeat/admin/internal/view/ProbeRoutes.java"));
        Set<String> used = new TreeSet<>();
        Deployed.texts().values().forEach(text -> used.addAll(matches(PATH, text)));

        assertThat(used)
                .contains("/health/live", "/health/ready")
                .allSatisfy(path -> assertThat(answered).contains('"' + path + '"'));
    }

    @Test
    void everyNameInAFileOfOptionsIsOne() throws IOException {
        Properties example =
                properties(Files.readString(Deployed.CONFIGURATION).replaceAll("(?m)^#(?=[a-z-]+ = )", ""));
        Properties inKubernetes = properties(config());

        assertThat(example.stringPropertyNames()).hasSizeGreaterThan(8);
        assertThat(inKubernetes.stringPropertyNames()).hasSizeGreaterThan(4);
        for (Properties properties : List.of(example, inKubernetes)) {
            assertThat(OPTIONS)
                    .containsAll(properties.stringPropertyNames().stream()
                            .map(name -> "--" + name)
                            .toList());
        }
        assertThatCode(() -> Main.commandLine().parseArgs("server", "--config", Deployed.CONFIGURATION.toString()))
                .doesNotThrowAnyException();
    }

    private static Properties properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    private static String config() {
        return (String) Deployed.at(Deployed.yaml("kubernetes/config.yaml").get(0), "data", "server.properties");
    }

    // ---- times

    /** A server that is sent away meanwhile loses the messages that its drain would have delivered. */
    @Test
    void everyStopHasTimeForTheDrain() throws IOException {
        Duration needed = drain(config())
                .plus(ServerCommand.DELAY_WITH_PROBES)
                .plus(ServerCommand.CLOSING)
                .plus(ServerCommand.LAST_LINES);

        assertThat(value("docker/compose.yml", "stop_grace_period: (\\w+)")).isGreaterThan(needed);
        assertThat(value("supervisor/heartbeat-bus.conf", "(?m)^stopwaitsecs = (\\d+)$"))
                .isGreaterThan(needed);
        for (V1PodSpec pod : pods()) {
            Duration preStop = Duration.ofSeconds(Long.parseLong(pod.getContainers()
                    .get(0)
                    .getLifecycle()
                    .getPreStop()
                    .getExec()
                    .getCommand()
                    .get(1)));
            assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()))
                    .isGreaterThan(needed.plus(preStop));
        }
        assertThat(drain(Files.readString(Deployed.CONFIGURATION))).isEqualTo(drain(config()));
        assertThat(value("docker/Dockerfile", "HEARTBEAT_DRAIN=(\\w+)")).isEqualTo(drain(config()));
    }

    private static Duration drain(String properties) throws IOException {
        return time(properties(properties).getProperty("drain"));
    }

    /** A proxy that closes silent connections sooner than the server does takes the judgement from it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "haproxy/haproxy.cfg;timeout client (\\w+)",
                "haproxy/haproxy.cfg;timeout server (\\w+)",
                "nginx/heartbeat-stream.conf;proxy_timeout (\\w+);"
            })
    void aProxyWaitsLongerThanTheServer(String fileAndPattern) {
        String[] parts = fileAndPattern.split(";", 2);
        assertThat(value(parts[0], parts[1]))
                .isGreaterThan(ServerOptions.builder().build().heartbeatTimeout());
    }

    private static Duration value(String file, String pattern) {
        var found = Pattern.compile(pattern).matcher(Deployed.text(file));
        assertThat(found.find()).as("%s in %s", pattern, file).isTrue();
        return time(found.group(1));
    }

    private static Duration time(String text) {
        var found = SECONDS.matcher(text.matches("\\d+") ? text + "s" : text);
        assertThat(found.matches()).as(text).isTrue();
        return Duration.parse("PT" + found.group(1) + found.group(2).toUpperCase(Locale.ROOT));
    }

    // ---- Kubernetes

    private static final Map<String, Parser> KINDS = Map.of(
            "ConfigMap", V1ConfigMap::fromJson,
            "Deployment", V1Deployment::fromJson,
            "PodDisruptionBudget", V1PodDisruptionBudget::fromJson,
            "Service", V1Service::fromJson,
            "StatefulSet", V1StatefulSet::fromJson);

    private interface Parser {
        Object parse(String json) throws IOException;
    }

    private static Object manifest(Map<String, Object> document) {
        try {
            return KINDS.get((String) document.get("kind")).parse(JSON.std.asString(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<V1PodSpec> pods() {
        return List.of(
                ((V1Deployment) manifest(
                                Deployed.yaml("kubernetes/deployment.yaml").get(0)))
                        .getSpec()
                        .getTemplate()
                        .getSpec(),
                ((V1StatefulSet) manifest(
                                Deployed.yaml("kubernetes/statefulset.yaml").get(0)))
                        .getSpec()
                        .getTemplate()
                        .getSpec());
    }

    @Test
    void manifestsAreThoseOfKubernetes() {
        List<Object> manifests = new ArrayList<>();
        for (String file : List.of("config", "services", "deployment", "statefulset")) {
            Deployed.yaml("kubernetes/" + file + ".yaml").forEach(document -> manifests.add(manifest(document)));
        }

        assertThat(manifests).hasSize(6);
        assertThat(pods().get(0)).as("both kinds have one pod").isEqualTo(pods().get(1));
        assertThat(pods().get(0).getEnableServiceLinks()).isFalse();
        assertThat(manifests)
                .filteredOn(V1Service.class::isInstance)
                .extracting(V1Service.class::cast)
                .anySatisfy(service -> {
                    assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
                    assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
                });
    }

    @Test
    void aManifestWithAnUnknownFieldIsRefused() {
        Map<String, Object> deployment =
                Deployed.yaml("kubernetes/deployment.yaml").get(0);
        Deployed.map(Deployed.at(deployment, "spec", "template", "spec")).put("terminationGraceSeconds", 60);

        assertThatThrownBy(() -> manifest(deployment)).hasMessageContaining("terminationGraceSeconds");
    }

    // ---- files that are parsed only

    @Test
    void composeDashboardAndDockerfileCanBeRead() throws IOException {
        Map<String, Object> compose = Deployed.yaml("docker/compose.yml").get(0);
        assertThat(Deployed.map(compose.get("services"))).containsOnlyKeys("server", "prometheus", "grafana");
        assertThat(Deployed.at(compose, "services", "server", "read_only")).isEqualTo(true);

        Map<String, Object> dashboard = JSON.std.mapFrom(Deployed.text("grafana/heartbeat-dashboard.json"));
        assertThat((List<?>) dashboard.get("panels"))
                .hasSizeGreaterThan(10)
                .allSatisfy(panel ->
                        assertThat((List<?>) Deployed.at(panel, "targets")).isNotEmpty());

        List<String> instructions = Deployed.text("docker/Dockerfile")
                .replaceAll("(?m)^#.*\n", "")
                .replace("\\\n", " ")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
        assertThat(instructions)
                .startsWith("FROM")
                .contains("USER", "HEALTHCHECK", "ENTRYPOINT")
                .isSubsetOf("FROM", "ADD", "RUN", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD");
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
