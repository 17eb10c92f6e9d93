package io.liteferry.core.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ReferencePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
    @TempDir
    Path folder;

    /** Every option with a value that is not its default; the test of names below keeps the list whole. */
    private static final Map<String, String> ALL = all();

    private static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        Options.declared().configKeys().forEach((name, key) -> {
            all.put(name, otherThanDefault(name, key));
        });
        return all;
    }

    private static String otherThanDefault(String name, ConfigDef.ConfigKey key) {
        return switch (key.type) {
            case BOOLEAN -> String.valueOf(!(Boolean) key.defaultValue);
            case PASSWORD -> "given-" + name;
            case STRING -> key.validator instanceof ConfigDef.ValidString ? otherWord(name) : "given-" + name;
            default -> String.valueOf(((Number) key.defaultValue).longValue() + 3);
        };
    }

    private static String otherWord(String name) {
        assertThat(name).isIn(Options.RECORD_FORMAT, Options.SCHEMA_EVOLUTION);
        return name.equals(Options.RECORD_FORMAT) ? Options.RECORD_FORMAT_STRUCT : "none";
    }

    private static Object value(Options options, String name) {
        return switch (Objects.requireNonNull(Options.declared().configKeys().get(name)).type) {
            case BOOLEAN -> options.flag(name);
            case STRING, PASSWORD -> options.string(name);
            default -> options.number(name);
        };
    }

    @Test
    void hasTheseDefaults() {
        Map<String, Object> defaults = new TreeMap<>();
        Options.declared().configKeys().forEach((name, key) -> {
            if (key.type != ConfigDef.Type.PASSWORD) {
                defaults.put(name, value(Options.defaults(), name));
            }
        });

        assertThat(defaults)
                .containsAllEntriesOf(Map.of(
                        Options.DATABASE_FILE_PATH, "",
                        Options.BOOTSTRAP_SERVERS, "",
                        Options.TARGET_SCHEMA, "public",
                        Options.CAPTURE_ADMIN_ADDRESS, "127.0.0.1:8081",
                        Options.SINK_ADMIN_ADDRESS, "127.0.0.1:8082",
                        Options.VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:8083",
                        Options.READ_TRANSACTION_MAX_MS, 250L,
                        Options.VALIDATION_READY_STABLE_MS, 60_000L,
                        Options.VALIDATION_READY_CLEAN_PASSES, 2L,
                        Options.PARTITION_HASH_MIN_ROWS, 1_000_000L));
        assertThat(defaults).containsEntry(Options.VALIDATION_READY_MAX_LAG_MS, 1_000L);
        assertThat(Options.defaults().string(Options.CONNECTION_PASSWORD)).isEmpty();
    }

    @Test
    void readsEveryOptionFromItsKeyAndFromTheEnvironment() {
        Map<String, String> environment = ALL.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> "LITEFERRY_" + e.getKey().replace('.', '_').toUpperCase(Locale.ROOT),
                        Map.Entry::getValue));
        Options byKey = Options.of(ALL);
        Options byEnvironment = Options.defaults().withEnvironment(environment);

        assertThat(byEnvironment).isEqualTo(byKey);
        ALL.forEach((name, written) ->
                assertThat(String.valueOf(value(byKey, name))).isEqualTo(written));
    }

    @Test
    void theEnvironmentWins() {
        Options options = Options.of(Map.of(Options.TARGET_SCHEMA, "a"))
                .withEnvironment(Map.of("LITEFERRY_TARGET_SCHEMA", "b", "LITEFERRY_SOMETHING_ELSE", "x"));

        assertThat(options.string(Options.TARGET_SCHEMA)).isEqualTo("b");
    }

    @Test
    void refusesUnknownKeysAndValuesOutOfRangeAllAtOnce() {
        assertThatThrownBy(() -> Options.of(Map.of(
                        "conection.url", "x", Options.PARTITION_HASH_COUNT, "1", Options.POLL_INTERVAL_MS, "fast")))
                .hasMessageStartingWith("LF-112")
                .hasMessageContaining("unknown option conection.url (did you mean connection.url?)")
                .hasMessageContaining("partition.hash.count")
                .hasMessageContaining("poll.interval.ms");
        assertThatThrownBy(() -> Options.of(Map.of("zzz", "x"))).message().doesNotContain("did you mean");
    }

    @Test
    void readsDurationsAndSizesWithTheUnitsThatBelongToThem() {
        Options options = Options.of(Map.of(
                Options.VALIDATION_READY_STABLE_MS, "5s",
                Options.VALIDATION_READY_MAX_AGE_MS, "1h",
                Options.BATCH_MEMORY_BYTES, "64MiB"));

        assertThat(options.number(Options.VALIDATION_READY_STABLE_MS)).isEqualTo(5_000);
        assertThat(options.number(Options.VALIDATION_READY_MAX_AGE_MS)).isEqualTo(3_600_000);
        assertThat(options.number(Options.BATCH_MEMORY_BYTES)).isEqualTo(64 << 20);
        assertThat(Options.duration("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(Options.problem(Options.BATCH_MEMORY_BYTES, "5s"))
                .get()
                .asString()
                .contains("use B, KiB, MiB, GiB");
        assertThat(Options.problem(Options.VALIDATION_READY_STABLE_MS, "5 MiB")).isPresent();
        assertThat(Options.problem(Options.PARTITION_HASH_COUNT, "8s")).isPresent();
        assertThat(Options.problem(Options.POLL_INTERVAL_MS, "99999999999999999999d"))
                .isPresent();
    }

    @Test
    void takesSecretsByReferenceAndNeverShowsThem() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2\n");
        Options options = Options.of(Map.of(
                Options.CONNECTION_PASSWORD,
                "${file:" + secret + "}",
                Options.CONNECTION_URL,
                "jdbc:postgresql://h/db?password=hunter2&user=me"));

        assertThat(options.string(Options.CONNECTION_PASSWORD)).isEqualTo("hunter2");
        assertThat(options.toString()).doesNotContain("hunter2");
        assertThat(options.shareable().toString()).doesNotContain("hunter2").contains("?user=me");
        assertThat(Options.of(Map.of(Options.CONNECTION_PASSWORD, "hunter2")).shareable())
                .isEmpty();
        assertThat(Options.problem(Options.POLL_INTERVAL_MS, "${file:" + secret + "}"))
                .get()
                .asString()
                .doesNotContain("hunter2");
        assertThat(Options.problem(Options.CONNECTION_PASSWORD, "${env:LITEFERRY_NO_SUCH_VARIABLE}"))
                .get()
                .asString()
                .contains("LITEFERRY_NO_SUCH_VARIABLE, which is not set");
    }

    @Test
    void passesOptionsOfKafkasClientsThrough() throws IOException {
        Path secret = Files.writeString(folder.resolve("kafka-password"), "hunter2\n");
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"me\" password=\"";
        Options options = Options.of(Map.of(
                "kafka.security.protocol", "SASL_SSL",
                "kafka.sasl.jaas.config", login + "${file:" + secret + "}\";",
                "kafka.ssl.truststore.password", "hunter2"));

        assertThat(options.kafkaClient())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", login + "hunter2\";")
                .containsEntry("ssl.truststore.password", "hunter2");
        assertThat(options.shareable()).containsOnlyKeys("kafka.security.protocol", "kafka.sasl.jaas.config");
        assertThat(options.shareable().toString() + options).doesNotContain("hunter2");
        assertThat(Options.of(Map.of("kafka.sasl.jaas.config", login + "hunter2\"; # ${file:" + secret + "}"))
                        .shareable())
                .isEmpty();
        assertThat(options.withEnvironment(Map.of("LITEFERRY_KAFKA_REQUEST_TIMEOUT_MS", "9000"))
                        .kafkaClient())
                .containsEntry("request.timeout.ms", "9000");
        assertThat(Options.problem("kafka.acks", "1")).get().asString().contains("Liteferry sets it");
        assertThat(Options.problem("kafka.sasl.jass.config", "x"))
                .get()
                .asString()
                .contains("did you mean kafka.sasl.jaas.config?");
        assertThat(Options.problem("kafka.request.timeout.ms", "soon")).isPresent();
        assertThat(Options.problem("kafka.ssl.truststore.password", "${env:LITEFERRY_NO_SUCH_VARIABLE}"))
                .isPresent();
    }

    @Test
    void laysAConnectorsOptionsOverThoseOfTheFile() {
        Options options = Options.of(Map.of(Options.BATCH_MEMORY_BYTES, "1MiB", "kafka.security.protocol", "SSL"))
                .withConnector(Map.of(
                        "topics", "a,b", Options.BATCH_MEMORY_BYTES, "2MiB", "kafka.security.protocol", "SASL_SSL"));
        assertThat(options.given())
                .isEqualTo(Map.of(Options.BATCH_MEMORY_BYTES, "2MiB", "kafka.security.protocol", "SASL_SSL"));
    }

    @Test
    void theReferencePageIsUpToDate() {
        StringBuilder page = new StringBuilder("""
                # Options

                Generated from the declaration in `Options`. The same keys stand under `options:` in the migration file, in a Connect
                configuration and in the environment: `connection.url` is `LITEFERRY_CONNECTION_URL`, and the environment wins.
                Durations may be written `250ms`, `5s`, `10m`, `1h`, sizes `64MiB`. Secrets are given by `${env:NAME}` or `${file:/path}`,
                as a whole value or in it.

                Options of Kafka's own clients are passed through under `kafka.`: `kafka.security.protocol`, `kafka.sasl.jaas.config`,
                `kafka.ssl.truststore.location`, … Those that the protocol stands on are refused, as are names Kafka does not know.
                """);
        for (String group : Options.GROUPS) {
            page.append("\n## ")
                    .append(group)
                    .append("\n\n| option | default | range | meaning |\n|---|---|---|---|\n");
            List<ConfigDef.ConfigKey> keys = Options.declared().configKeys().values().stream()
                    .filter(k -> k.group.equals(group))
                    .sorted(Comparator.comparingInt(k -> k.orderInGroup))
                    .toList();
            for (ConfigDef.ConfigKey k : keys) {
                page.append("| `")
                        .append(k.name)
                        .append("` | ")
                        .append(Options.shownDefault(k.name))
                        .append(" | ");
                page.append(Options.shownRange(k.name))
                        .append(" | ")
                        .append(k.documentation)
                        .append(" |\n");
            }
        }

        ReferencePage.holds("options.md", page.toString());
    }
}
