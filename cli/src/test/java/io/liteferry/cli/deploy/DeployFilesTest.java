package io.liteferry.cli.deploy;

import static io.liteferry.cli.deploy.ComposeFile.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeployFilesTest {
    /** Variables of the program that are no options: logback.xml and the launcher read them. */
    private static final Set<String> VARIABLES = Set.of("LITEFERRY_LOG_LEVEL");

    private static final Set<String> OURS = Set.of("apply", "capture", "sink", "validator", "reverse");

    private final ComposeFile compose = ComposeFile.read();
    private final Plan plan = PlanFile.read(ROOT.resolve("deploy/liteferry/migration.yaml"));

    DeployFilesTest() throws IOException {}

    @Test
    void mountsOnlyFilesThatExist() {
        for (String service : compose.services().keySet()) {
            assertThat(compose.list(service, "volumes"))
                    .filteredOn(volume -> volume.startsWith("./"))
                    .as(service)
                    .allSatisfy(volume -> assertThat(ROOT.resolve(volume.substring(2, volume.indexOf(':'))))
                            .exists());
        }
    }

    @Test
    void mountsEveryFileOfTheDeployFolderOrPutsItIntoTheImage() throws IOException {
        List<String> mounted = compose.services().keySet().stream()
                .flatMap(service -> compose.list(service, "volumes").stream())
                .filter(volume -> volume.startsWith("./"))
                .map(volume -> volume.substring(2, volume.indexOf(':')))
                .toList();
        try (var files = Files.walk(ROOT.resolve("deploy"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> ROOT.relativize(file).toString())
                            .filter(file -> !file.equals("deploy/README.md")
                                    && !file.startsWith("deploy/liteferry/image/")
                                    // For an administrator to run.
                                    && !file.equals("deploy/postgres/roles.sql")
                                    // A module of its own; it makes the plugin that the worker mounts.
                                    && !file.startsWith("deploy/connect/")))
                    .allSatisfy(file -> assertThat(mounted)
                            .as(file)
                            .anyMatch(mount -> Path.of(file).startsWith(mount)));
        }
    }

    @Test
    void setsOnlyOptionsThatExist() {
        Set<String> known = Options.declared().names().stream()
                .map(name -> "LITEFERRY_" + name.replace('.', '_').toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        known.addAll(VARIABLES);
        for (String service : OURS) {
            assertThat(known)
                    .as(service)
                    .containsAll(compose.environment(service).keySet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"capture", "sink", "validator", "reverse"})
    void asksEachServiceWhereItListens(String service) throws IOException {
        String option = service + ".admin.address";
        int port = Integer.parseInt(Options.defaults().string(option).replaceAll(".*:", ""));
        String address = service + ":" + port;

        assertThat(plan.options().string(option)).isEqualTo(address);
        assertThat(compose.healthCheck(service))
                .containsExactly("CMD", "bash", "/readyz.sh", service, String.valueOf(port));
        assertThat(compose.list(service, "ports")).containsExactly("127.0.0.1:" + port + ":" + port);
        assertThat(scrapedTargets()).contains(address);
    }

    @Test
    void pointsTheOptionsAtServicesOfTheFile() throws IOException {
        assertThat(plan.options().string(Options.BOOTSTRAP_SERVERS)).isEqualTo("kafka:9092");
        assertThat(compose.environment("kafka").get("KAFKA_ADVERTISED_LISTENERS"))
                .asString()
                .contains("INTERNAL://kafka:9092");

        assertThat(plan.options().string(Options.CONNECTION_URL)).isEqualTo("jdbc:postgresql://postgres:5432/app");
        assertThat(plan.options().string(Options.CONNECTION_USERNAME)).isEqualTo("liteferry");
        assertThat(Files.readString(ROOT.resolve("deploy/postgres/primary.sh")))
                .contains("CREATE ROLE liteferry LOGIN", "CREATE DATABASE app OWNER liteferry");

        assertThat(compose.environment("sink").get("LITEFERRY_CONNECTION_URL"))
                .isEqualTo("jdbc:postgresql://pgbouncer:6432/app");
        assertThat(Files.readString(ROOT.resolve("deploy/pgbouncer/pgbouncer.ini")))
                .contains("app = host=postgres port=5432 dbname=app", "listen_port = 6432", "pool_mode = transaction");
    }

    @Test
    void keepsTheSourceWhereTheOptionSays() {
        String file = plan.options().string(Options.DATABASE_FILE_PATH);
        for (String service : List.of("apply", "capture", "validator")) {
            assertThat(compose.list(service, "volumes"))
                    .as(service)
                    .anyMatch(volume -> file.startsWith(volume.substring(volume.indexOf(':') + 1) + "/"));
        }
    }

    @Test
    void pinsEveryImageAndWatchesEveryService() {
        compose.services().forEach((name, service) -> {
            assertThat(service.get("image")).as(name).asString().matches("[a-z/]+:v?\\d+\\.\\d+[-.\\w]*");
            if (!name.equals("apply")) {
                assertThat(service)
                        .as(name)
                        .containsEntry("restart", "unless-stopped")
                        .containsKey("healthcheck");
            }
        });
    }

    @Test
    void runsTheImageThatIsBuiltHere() throws IOException {
        Matcher tag = Pattern.compile("<image.tag>(.+?)</image.tag>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(tag.find()).isTrue();
        for (String service : OURS) {
            assertThat(compose.service(service).get("image")).isEqualTo("liteferry/liteferry:" + tag.group(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/prometheus/alerts.yml", "deploy/grafana/dashboards/liteferry.json"})
    void namesOnlyMetricsThatExist(String file) throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher metric = Pattern.compile("liteferry_[a-z_]+").matcher(Files.readString(ROOT.resolve(file)));
        while (metric.find()) {
            named.add(metric.group().replaceFirst("_(bucket|count|sum)$", ""));
        }
        assertThat(named).hasSizeGreaterThan(5).isSubsetOf(DocumentedMetrics.NAMES);
    }

    @Test
    void alertsOnSecondsOfLagNotOnOffsets() throws IOException {
        assertThat(Files.readString(ROOT.resolve("deploy/prometheus/alerts.yml")))
                .contains("liteferry_end_to_end_lag_seconds", "liteferry_validation_mismatched_rows")
                .doesNotContain("liteferry_sink_lag_records");
    }

    private static Set<String> scrapedTargets() throws IOException {
        Set<String> targets = new HashSet<>();
        Map<String, Object> prometheus = ComposeFile.yaml(ROOT.resolve("deploy/prometheus/prometheus.yml"));
        for (Object job : ComposeFile.objects(prometheus.get("scrape_configs"))) {
            for (Object group : ComposeFile.objects(ComposeFile.map(job).get("static_configs"))) {
                targets.addAll(ComposeFile.strings(ComposeFile.map(group).get("targets")));
            }
        }
        return targets;
    }
}
