package io.liteferry.core.options;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * Every option of a migration, declared once. The same flat keys stand in the migration file, in a Connect
 * configuration and, upper-cased with {@code LITEFERRY_} in front, in the environment ({@code topic.prefix} is
 * {@code LITEFERRY_TOPIC_PREFIX}); the environment wins. Durations and sizes may be written {@code 5s}, {@code 64MiB}.
 */
public final class Options {
    public static final String DATABASE_FILE_PATH = "database.file.path";
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String CONNECTION_URL = "connection.url";
    public static final String CONNECTION_USERNAME = "connection.username";
    public static final String CONNECTION_PASSWORD = "connection.password";
    public static final String TARGET_SCHEMA = "target.schema";
    public static final String CAPTURE_ADMIN_ADDRESS = "capture.admin.address";
    public static final String SINK_ADMIN_ADDRESS = "sink.admin.address";
    public static final String VALIDATOR_ADMIN_ADDRESS = "validator.admin.address";
    public static final String POLL_INTERVAL_MS = "poll.interval.ms";
    public static final String MAX_BATCH_SIZE = "max.batch.size";
    public static final String SNAPSHOT_CHUNK_SIZE = "incremental.snapshot.chunk.size";
    public static final String READ_TRANSACTION_MAX_MS = "read.transaction.max.ms";
    public static final String TOPIC_REPLICATION_FACTOR = "topic.creation.default.replication.factor";
    public static final String BATCH_MEMORY_BYTES = "batch.memory.bytes";
    public static final String FLUSH_MAX_RETRIES = "flush.max.retries";
    public static final String FLUSH_RETRY_DELAY_MS = "flush.retry.delay.ms";
    public static final String CONSTRAINT_RETRY_INTERVAL_MS = "constraint.retry.interval.ms";
    public static final String PARTITION_HASH_MIN_ROWS = "partition.hash.min.rows";
    public static final String PARTITION_HASH_COUNT = "partition.hash.count";
    public static final String VALIDATION_RANGE_ROWS = "validation.range.rows";
    public static final String VALIDATION_MAX_ROWS_PER_SECOND = "validation.max.rows.per.second";
    public static final String VALIDATION_PASS_INTERVAL_MS = "validation.pass.interval.ms";
    public static final String VALIDATION_READY_STABLE_MS = "validation.ready.stable";
    public static final String VALIDATION_READY_CLEAN_PASSES = "validation.ready.clean.passes";
    public static final String VALIDATION_READY_MAX_LAG_MS = "validation.ready.max.lag.ms";
    public static final String VALIDATION_READY_MAX_AGE_MS = "validation.ready.max.age.ms";

    /** The groups an option can belong to, in the order of the reference documentation. */
    public static final List<String> GROUPS = List.of("common", "capture", "sink", "validator");

    private static final ConfigDef DECLARED = new ConfigDef()
            .define(
                    DATABASE_FILE_PATH,
                    Type.STRING,
                    "",
                    Importance.HIGH,
                    "The SQLite file. A relative path is resolved against the folder of the migration file. Example: /srv/app/app.db",
                    "common",
                    1,
                    ConfigDef.Width.LONG,
                    DATABASE_FILE_PATH)
            .define(
                    BOOTSTRAP_SERVERS,
                    Type.STRING,
                    "",
                    Importance.HIGH,
                    "Kafka brokers, host:port separated by commas. Empty: an embedded broker with its data beside the migration file.",
                    "common",
                    2,
                    ConfigDef.Width.LONG,
                    BOOTSTRAP_SERVERS)
            .define(
                    CONNECTION_URL,
                    Type.STRING,
                    "",
                    Importance.HIGH,
                    "JDBC URL of the target's writer endpoint, direct or through pgbouncer for the sink. Empty: an embedded PostgreSQL with its data beside the migration file. Example: jdbc:postgresql://db.internal:5432/app",
                    "common",
                    3,
                    ConfigDef.Width.LONG,
                    CONNECTION_URL)
            .define(
                    CONNECTION_USERNAME,
                    Type.STRING,
                    "",
                    Importance.HIGH,
                    "Role of the target connection.",
                    "common",
                    4,
                    ConfigDef.Width.MEDIUM,
                    CONNECTION_USERNAME)
            .define(
                    CONNECTION_PASSWORD,
                    Type.PASSWORD,
                    "",
                    Importance.HIGH,
                    "Its password: ${env:NAME} or ${file:/path}; never logged.",
                    "common",
                    5,
                    ConfigDef.Width.MEDIUM,
                    CONNECTION_PASSWORD)
            .define(
                    TARGET_SCHEMA,
                    Type.STRING,
                    "public",
                    Importance.MEDIUM,
                    "PostgreSQL schema of the target tables.",
                    "common",
                    6,
                    ConfigDef.Width.MEDIUM,
                    TARGET_SCHEMA)
            .define(
                    TOPIC_REPLICATION_FACTOR,
                    Type.SHORT,
                    -1,
                    Importance.MEDIUM,
                    "Replication factor of the topics that apply makes; -1 takes the broker's default.",
                    "common",
                    7,
                    ConfigDef.Width.SHORT,
                    TOPIC_REPLICATION_FACTOR)
            .define(
                    CAPTURE_ADMIN_ADDRESS,
                    Type.STRING,
                    "127.0.0.1:8081",
                    Importance.LOW,
                    "host:port of capture's /livez, /readyz and /metrics. Port 0 takes a free one.",
                    "capture",
                    1,
                    ConfigDef.Width.MEDIUM,
                    CAPTURE_ADMIN_ADDRESS)
            .define(
                    POLL_INTERVAL_MS,
                    Type.LONG,
                    2L,
                    Range.between(1, 60_000),
                    Importance.MEDIUM,
                    "How often capture asks SQLite whether anything was committed (2 microseconds a question).",
                    "capture",
                    2,
                    ConfigDef.Width.SHORT,
                    POLL_INTERVAL_MS)
            .define(
                    MAX_BATCH_SIZE,
                    Type.INT,
                    20_000,
                    Range.between(100, 1_000_000),
                    Importance.MEDIUM,
                    "Log entries read in one read transaction at the most; a batch may need several.",
                    "capture",
                    3,
                    ConfigDef.Width.SHORT,
                    MAX_BATCH_SIZE)
            .define(
                    SNAPSHOT_CHUNK_SIZE,
                    Type.INT,
                    20_000,
                    Range.between(1, 1_000_000),
                    Importance.MEDIUM,
                    "Rows of a snapshot read in one read transaction at the most.",
                    "capture",
                    4,
                    ConfigDef.Width.SHORT,
                    SNAPSHOT_CHUNK_SIZE)
            .define(
                    READ_TRANSACTION_MAX_MS,
                    Type.LONG,
                    250L,
                    Range.between(5, 60_000),
                    Importance.MEDIUM,
                    "Longest read transaction on the source; a longer one would keep SQLite's WAL from being reset.",
                    "capture",
                    5,
                    ConfigDef.Width.SHORT,
                    READ_TRANSACTION_MAX_MS)
            .define(
                    SINK_ADMIN_ADDRESS,
                    Type.STRING,
                    "127.0.0.1:8082",
                    Importance.LOW,
                    "host:port of the sink's admin endpoints.",
                    "sink",
                    1,
                    ConfigDef.Width.MEDIUM,
                    SINK_ADMIN_ADDRESS)
            .define(
                    BATCH_MEMORY_BYTES,
                    Type.LONG,
                    32L << 20,
                    Range.between(1L << 10, 1L << 40),
                    Importance.MEDIUM,
                    "A batch above this size is spooled into a stage table and merged in one transaction at its END.",
                    "sink",
                    2,
                    ConfigDef.Width.SHORT,
                    BATCH_MEMORY_BYTES)
            .define(
                    FLUSH_MAX_RETRIES,
                    Type.INT,
                    10,
                    Range.between(0, 1_000_000),
                    Importance.MEDIUM,
                    "How often a batch is tried again after a transient error before the sink stops.",
                    "sink",
                    3,
                    ConfigDef.Width.SHORT,
                    FLUSH_MAX_RETRIES)
            .define(
                    FLUSH_RETRY_DELAY_MS,
                    Type.LONG,
                    1_000L,
                    Range.between(1, 600_000),
                    Importance.MEDIUM,
                    "Pause before such a retry.",
                    "sink",
                    4,
                    ConfigDef.Width.SHORT,
                    FLUSH_RETRY_DELAY_MS)
            .define(
                    CONSTRAINT_RETRY_INTERVAL_MS,
                    Type.LONG,
                    10_000L,
                    Range.between(100, 3_600_000),
                    Importance.LOW,
                    "How often a suspended constraint is tried again.",
                    "sink",
                    5,
                    ConfigDef.Width.SHORT,
                    CONSTRAINT_RETRY_INTERVAL_MS)
            .define(
                    PARTITION_HASH_MIN_ROWS,
                    Type.LONG,
                    1_000_000L,
                    Range.between(1, Long.MAX_VALUE),
                    Importance.MEDIUM,
                    "The plan proposes hash partitions from this many rows on, where no unique index and no inbound foreign key would be lost.",
                    "sink",
                    6,
                    ConfigDef.Width.SHORT,
                    PARTITION_HASH_MIN_ROWS)
            .define(
                    PARTITION_HASH_COUNT,
                    Type.INT,
                    8,
                    Range.between(2, 1024),
                    Importance.MEDIUM,
                    "Number of hash partitions the plan proposes.",
                    "sink",
                    7,
                    ConfigDef.Width.SHORT,
                    PARTITION_HASH_COUNT)
            .define(
                    VALIDATOR_ADMIN_ADDRESS,
                    Type.STRING,
                    "127.0.0.1:8083",
                    Importance.LOW,
                    "host:port of the validator's admin endpoints.",
                    "validator",
                    1,
                    ConfigDef.Width.MEDIUM,
                    VALIDATOR_ADMIN_ADDRESS)
            .define(
                    VALIDATION_RANGE_ROWS,
                    Type.INT,
                    10_000,
                    Range.between(10, 1_000_000),
                    Importance.MEDIUM,
                    "Rows of one key range, read in one pair of snapshots.",
                    "validator",
                    2,
                    ConfigDef.Width.SHORT,
                    VALIDATION_RANGE_ROWS)
            .define(
                    VALIDATION_MAX_ROWS_PER_SECOND,
                    Type.LONG,
                    200_000L,
                    Range.between(1, Long.MAX_VALUE),
                    Importance.MEDIUM,
                    "Rate limit of the validator's full passes.",
                    "validator",
                    3,
                    ConfigDef.Width.SHORT,
                    VALIDATION_MAX_ROWS_PER_SECOND)
            .define(
                    VALIDATION_PASS_INTERVAL_MS,
                    Type.LONG,
                    1_000L,
                    Range.between(0, 86_400_000),
                    Importance.LOW,
                    "Pause between two full passes.",
                    "validator",
                    4,
                    ConfigDef.Width.SHORT,
                    VALIDATION_PASS_INTERVAL_MS)
            .define(
                    VALIDATION_READY_STABLE_MS,
                    Type.LONG,
                    60_000L,
                    Range.between(0, 86_400_000),
                    Importance.HIGH,
                    "READY demands lag below its limit over this long.",
                    "validator",
                    5,
                    ConfigDef.Width.SHORT,
                    VALIDATION_READY_STABLE_MS)
            .define(
                    VALIDATION_READY_CLEAN_PASSES,
                    Type.INT,
                    2,
                    Range.between(1, 1_000),
                    Importance.HIGH,
                    "READY demands this many full passes in a row with nothing different.",
                    "validator",
                    6,
                    ConfigDef.Width.SHORT,
                    VALIDATION_READY_CLEAN_PASSES)
            .define(
                    VALIDATION_READY_MAX_LAG_MS,
                    Type.LONG,
                    1_000L,
                    Range.between(1, 3_600_000),
                    Importance.HIGH,
                    "READY demands that the 99th percentile of the end-to-end lag is below this.",
                    "validator",
                    7,
                    ConfigDef.Width.SHORT,
                    VALIDATION_READY_MAX_LAG_MS)
            .define(
                    VALIDATION_READY_MAX_AGE_MS,
                    Type.LONG,
                    600_000L,
                    Range.between(1_000, 86_400_000),
                    Importance.MEDIUM,
                    "READY demands that the last clean pass ended no longer ago than this, or than twice the time of a pass if that is longer.",
                    "validator",
                    8,
                    ConfigDef.Width.SHORT,
                    VALIDATION_READY_MAX_AGE_MS);

    private final Map<String, Object> values;
    private final Map<String, String> given;

    private Options(Map<String, Object> values, Map<String, String> given) {
        this.values = values;
        this.given = given;
    }

    /** The declaration itself, for Connect's validation and the generated reference. */
    public static ConfigDef declared() {
        return DECLARED;
    }

    /** A duration as people write it, {@code 5s} or {@code 10m}; a bare number is milliseconds. */
    public static Duration duration(String written) {
        return Duration.ofMillis(Long.parseLong(UnitValue.plain(written, Type.LONG)));
    }

    public static Options defaults() {
        return of(Map.of());
    }

    /**
     * Reads flat keys.
     *
     * @throws LiteferryException {@link ErrorCode#OPTION_INVALID} naming every unknown key and every value out of range
     */
    public static Options of(Map<String, String> given) {
        List<String> problems = new ArrayList<>();
        Map<String, Object> parsed = new HashMap<>();
        for (Map.Entry<String, String> e : given.entrySet()) {
            ConfigDef.ConfigKey key = DECLARED.configKeys().get(e.getKey());
            if (key == null) {
                problems.add("unknown option " + e.getKey() + didYouMean(e.getKey()));
                continue;
            }
            try {
                Object value = ConfigDef.parseType(
                        key.name, UnitValue.plain(SecretReference.resolve(key.name, e.getValue()), key.type), key.type);
                if (key.validator != null) {
                    key.validator.ensureValid(key.name, value);
                }
                parsed.put(key.name, value);
            } catch (ConfigException | IllegalArgumentException x) {
                String reason = key.type == Type.PASSWORD ? "cannot be read" : String.valueOf(x.getMessage());
                problems.add(e.getKey() + ": " + reason);
            }
        }
        if (!problems.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Reading the options: " + String.join("; ", problems)
                            + ". Correct them in the migration file or the environment; docs/reference/options.md lists all.");
        }
        Map<String, Object> values = new HashMap<>(DECLARED.defaultValues());
        values.putAll(parsed);
        return new Options(values, new TreeMap<>(given));
    }

    /** The same options with {@code LITEFERRY_…} variables laid over them; unknown variables are left alone. */
    public Options withEnvironment(Map<String, String> environment) {
        Map<String, String> merged = new HashMap<>(given);
        for (String name : DECLARED.names()) {
            String value = environment.get("LITEFERRY_" + name.replace('.', '_').toUpperCase(Locale.ROOT));
            if (value != null) {
                merged.put(name, value);
            }
        }
        return of(merged);
    }

    public Options with(String key, String value) {
        Map<String, String> merged = new HashMap<>(given);
        merged.put(key, value);
        return of(merged);
    }

    /** The keys that were given, as they were written; secrets by reference. */
    public Map<String, String> given() {
        return given;
    }

    public String string(String key) {
        Object value = get(key);
        return value instanceof Password p ? p.value() : (String) value;
    }

    /** A string option that may be left empty. */
    public Optional<String> optional(String key) {
        String value = string(key);
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    public Path path(String key) {
        return Path.of(string(key));
    }

    public int integer(String key) {
        return ((Number) get(key)).intValue();
    }

    public long number(String key) {
        return ((Number) get(key)).longValue();
    }

    private Object get(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no such option: " + key);
        }
        return value;
    }

    private static String didYouMean(String unknown) {
        return DECLARED.names().stream()
                .filter(n -> Spelling.distance(n, unknown) <= Math.max(2, unknown.length() / 5))
                .min((a, b) -> Integer.compare(Spelling.distance(a, unknown), Spelling.distance(b, unknown)))
                .map(n -> " (did you mean " + n + "?)")
                .orElse("");
    }
}
