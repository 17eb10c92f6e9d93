package io.liteferry.core.options;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.UnitValue.Unit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
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
    public static final String MASK_SECRET = "mask.secret";
    public static final String CAPTURE_ADMIN_ADDRESS = "capture.admin.address";
    public static final String SINK_ADMIN_ADDRESS = "sink.admin.address";
    public static final String VALIDATOR_ADMIN_ADDRESS = "validator.admin.address";
    public static final String POLL_INTERVAL_MS = "poll.interval.ms";
    public static final String MAX_BATCH_SIZE = "max.batch.size";
    public static final String SNAPSHOT_CHUNK_SIZE = "incremental.snapshot.chunk.size";
    public static final String SNAPSHOT_MAX_ROWS_PER_SECOND = "snapshot.max.rows.per.second";
    public static final String SNAPSHOT_MAX_WAL_BYTES = "snapshot.max.wal.bytes";
    public static final String READ_TRANSACTION_MAX_MS = "read.transaction.max.ms";
    public static final String RECORD_FORMAT = "record.format";
    public static final String RECORD_SCHEMAS_ENABLE = "record.schemas.enable";
    public static final String TOMBSTONES_ON_DELETE = "tombstones.on.delete";
    public static final String TOPIC_REPLICATION_FACTOR = "topic.creation.default.replication.factor";
    public static final String SCHEMA_EVOLUTION = "schema.evolution";
    public static final String BATCH_MEMORY_BYTES = "batch.memory.bytes";
    public static final String FLUSH_MAX_RETRIES = "flush.max.retries";
    public static final String FLUSH_RETRY_DELAY_MS = "flush.retry.delay.ms";
    public static final String CONSTRAINT_RETRY_INTERVAL_MS = "constraint.retry.interval.ms";
    public static final String TARGET_GATE = "target.gate";
    public static final String CONSTRAINT_BUILD_THREADS = "constraint.build.threads";
    public static final String PARTITION_HASH_MIN_ROWS = "partition.hash.min.rows";
    public static final String PARTITION_HASH_COUNT = "partition.hash.count";
    public static final String VALIDATION_RANGE_ROWS = "validation.range.rows";
    public static final String VALIDATION_MAX_ROWS_PER_SECOND = "validation.max.rows.per.second";
    public static final String VALIDATION_CPU_PERCENT = "validation.cpu.percent";
    public static final String VALIDATION_PASS_INTERVAL_MS = "validation.pass.interval.ms";
    public static final String VALIDATION_READY_STABLE_MS = "validation.ready.stable";
    public static final String VALIDATION_READY_CLEAN_PASSES = "validation.ready.clean.passes";
    public static final String VALIDATION_READY_MAX_LAG_MS = "validation.ready.max.lag.ms";
    public static final String VALIDATION_READY_MAX_UNVERIFIED_MS = "validation.ready.max.unverified.ms";
    public static final String VALIDATION_READY_MAX_AGE_MS = "validation.ready.max.age.ms";
    public static final String REVERSE_ADMIN_ADDRESS = "reverse.admin.address";
    public static final String CUTOVER_MAX_LAG_MS = "cutover.max.lag.ms";
    public static final String CUTOVER_TIMEOUT_MS = "cutover.timeout.ms";
    public static final String CUTOVER_REVERSE_ENABLED = "cutover.reverse.enabled";
    public static final String CUTOVER_HOOK = "cutover.hook";
    public static final String CUTOVER_HOOK_TIMEOUT_MS = "cutover.hook.timeout.ms";
    public static final String CUTOVER_HOOK_RETRIES = "cutover.hook.retries";
    public static final String HOOKS_SQL_AFTER_LOAD = "hooks.sql.after_load";
    public static final String HOOKS_SQL_AT_SWITCH = "hooks.sql.at_switch";

    /** Values of {@link #RECORD_FORMAT}. */
    public static final String RECORD_FORMAT_PACKED = "packed";

    public static final String RECORD_FORMAT_STRUCT = "struct";

    /** The groups an option can belong to, in the order of the reference documentation. */
    public static final List<String> GROUPS = List.of("common", "capture", "sink", "validator", "cutover");

    private static final ConfigDef DECLARED = DeclaredOptions.ALL.definition();
    private static final Map<String, Unit> UNITS = DeclaredOptions.ALL.units();

    private static final Pattern URL_PASSWORD = Pattern.compile("(?i)[?&](password|sslpassword)=[^&]*");

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

    /** A default for the reference documentation: {@code 1m}. */
    static String shownDefault(String name) {
        Object value = DECLARED.defaultValues().get(name);
        return value instanceof Number n
                ? UnitValue.shown(n.longValue(), UNITS.getOrDefault(name, Unit.NONE))
                : String.valueOf(value).isEmpty() || value instanceof Password ? "" : "`" + value + "`";
    }

    /** The default and the range of an option, for a reader: {@code Default 10s, 1ms to 1m.} */
    public static String range(String name) {
        String range = shownRange(name);
        String otherwise = shownDefault(name);
        String both = (otherwise.isEmpty() ? "" : "Default " + otherwise) + (range.isEmpty() ? "" : ", " + range);
        return both.isEmpty() ? "" : both.replace("`", "") + ".";
    }

    /** A range for the reference documentation: {@code 1ms to 1m}. */
    static String shownRange(String name) {
        return DeclaredOptions.ALL.ranges().getOrDefault(name, "");
    }

    /** A duration as people write it, {@code 5s} or {@code 10m}; a bare number is milliseconds. */
    public static Duration duration(String written) {
        return Duration.ofMillis(Long.parseLong(UnitValue.plain(written, Unit.MILLISECONDS)));
    }

    /** True of a declared option, and of one that is passed through to Kafka's clients. */
    public static boolean isOption(String name) {
        return DECLARED.configKeys().containsKey(name) || ClientOptions.isOne(name);
    }

    /** The variable of the environment that stands for an option. */
    static String variable(String option) {
        return "LITEFERRY_" + option.replace('.', '_').toUpperCase(Locale.ROOT);
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
        Map<String, Object> values = new HashMap<>(DECLARED.defaultValues());
        new TreeMap<>(given).forEach((key, written) -> {
            try {
                values.put(key, parsed(key, written));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
        if (!problems.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Reading the options: " + String.join("; ", problems)
                            + ". Correct them in the migration file or the environment; docs/reference/options.md lists all.");
        }
        return new Options(values, new TreeMap<>(given));
    }

    /** What is wrong with one option, if anything: for a reader that reports every problem of a file at once. */
    public static Optional<String> problem(String key, String written) {
        try {
            parsed(key, written);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** @throws IllegalArgumentException with a message that never holds a secret */
    private static Object parsed(String name, String written) {
        if (ClientOptions.isOne(name)) {
            return ClientOptions.parsed(name, written);
        }
        ConfigDef.ConfigKey key = DECLARED.configKeys().get(name);
        if (key == null) {
            throw new IllegalArgumentException("unknown option " + name
                    + Spelling.nearest(name, DECLARED.names())
                            .map(n -> " (did you mean " + n + "?)")
                            .orElse(""));
        }
        String resolved = SecretReference.resolve(name, written);
        try {
            Object value =
                    ConfigDef.parseType(name, UnitValue.plain(resolved, UNITS.getOrDefault(name, Unit.NONE)), key.type);
            if (key.validator != null) {
                key.validator.ensureValid(name, value);
            }
            return value;
        } catch (ConfigException | IllegalArgumentException e) {
            // A value that came through a reference is a secret.
            String reason =
                    resolved.equals(written) ? String.valueOf(e.getMessage()) : "the value referred to does not fit";
            throw new IllegalArgumentException(name + ": " + reason, e);
        }
    }

    /** The same options with {@code LITEFERRY_…} variables laid over them; unknown variables are left alone. */
    public Options withEnvironment(Map<String, String> environment) {
        Map<String, String> merged = new HashMap<>(given);
        for (String name : DECLARED.names()) {
            String value = environment.get(variable(name));
            if (value != null) {
                merged.put(name, value);
            }
        }
        merged.putAll(ClientOptions.ofEnvironment(environment));
        return of(merged);
    }

    /** The same options with those of a connector's configuration laid over them; what is Connect's own is left alone. */
    public Options withConnector(Map<String, String> configuration) {
        Map<String, String> merged = new HashMap<>(given);
        configuration.forEach((name, value) -> {
            if (isOption(name)) {
                merged.put(name, value);
            }
        });
        return of(merged);
    }

    /** What is passed through to Kafka's clients, by their own names; secrets in the clear. */
    public Map<String, String> kafkaClient() {
        Map<String, String> passed = new TreeMap<>();
        values.forEach((name, value) -> {
            if (ClientOptions.isOne(name)) {
                passed.put(name.substring(ClientOptions.PREFIX.length()), (String) value);
            }
        });
        return passed;
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

    /** What may be shown and written to files: no password but by reference. */
    public Map<String, String> shareable() {
        Map<String, String> shown = new TreeMap<>(given);
        for (String secret : List.of(CONNECTION_PASSWORD, MASK_SECRET)) {
            if (!given.getOrDefault(secret, "").startsWith("${")) {
                shown.remove(secret);
            }
        }
        shown.entrySet()
                .removeIf(e -> ClientOptions.isOne(e.getKey()) && !ClientOptions.isShareable(e.getKey(), e.getValue()));
        shown.computeIfPresent(CONNECTION_URL, (key, url) -> withoutPassword(url));
        return shown;
    }

    static String withoutPassword(String url) {
        String stripped = URL_PASSWORD.matcher(url).replaceAll("");
        int first = stripped.indexOf('&');
        return stripped.contains("?") || first < 0
                ? stripped
                : stripped.substring(0, first) + "?" + stripped.substring(first + 1);
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

    /** What stands between commas. */
    public List<String> list(String key) {
        return Arrays.stream(string(key).split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    public int integer(String key) {
        return ((Number) get(key)).intValue();
    }

    public boolean flag(String key) {
        return (Boolean) get(key);
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

    @Override
    public boolean equals(Object other) {
        return other instanceof Options o && given.equals(o.given);
    }

    @Override
    public int hashCode() {
        return given.hashCode();
    }

    /** The names that were given, never their values. */
    @Override
    public String toString() {
        return "Options" + given.keySet();
    }
}
