package io.liteferry.core.options;

import static io.liteferry.core.options.Options.BATCH_MEMORY_BYTES;
import static io.liteferry.core.options.Options.BOOTSTRAP_SERVERS;
import static io.liteferry.core.options.Options.CAPTURE_ADMIN_ADDRESS;
import static io.liteferry.core.options.Options.CONNECTION_PASSWORD;
import static io.liteferry.core.options.Options.CONNECTION_URL;
import static io.liteferry.core.options.Options.CONNECTION_USERNAME;
import static io.liteferry.core.options.Options.CONSTRAINT_BUILD_THREADS;
import static io.liteferry.core.options.Options.CONSTRAINT_RETRY_INTERVAL_MS;
import static io.liteferry.core.options.Options.CUTOVER_HOOK;
import static io.liteferry.core.options.Options.CUTOVER_HOOK_RETRIES;
import static io.liteferry.core.options.Options.CUTOVER_HOOK_TIMEOUT_MS;
import static io.liteferry.core.options.Options.CUTOVER_MAX_LAG_MS;
import static io.liteferry.core.options.Options.CUTOVER_REVERSE_ENABLED;
import static io.liteferry.core.options.Options.CUTOVER_TIMEOUT_MS;
import static io.liteferry.core.options.Options.DATABASE_FILE_PATH;
import static io.liteferry.core.options.Options.FLUSH_MAX_RETRIES;
import static io.liteferry.core.options.Options.FLUSH_RETRY_DELAY_MS;
import static io.liteferry.core.options.Options.HOOKS_SQL_AFTER_LOAD;
import static io.liteferry.core.options.Options.HOOKS_SQL_AT_SWITCH;
import static io.liteferry.core.options.Options.MASK_SECRET;
import static io.liteferry.core.options.Options.MAX_BATCH_SIZE;
import static io.liteferry.core.options.Options.PARTITION_HASH_COUNT;
import static io.liteferry.core.options.Options.PARTITION_HASH_MIN_ROWS;
import static io.liteferry.core.options.Options.POLL_INTERVAL_MS;
import static io.liteferry.core.options.Options.READ_TRANSACTION_MAX_MS;
import static io.liteferry.core.options.Options.RECORD_FORMAT;
import static io.liteferry.core.options.Options.RECORD_FORMAT_PACKED;
import static io.liteferry.core.options.Options.RECORD_FORMAT_STRUCT;
import static io.liteferry.core.options.Options.RECORD_SCHEMAS_ENABLE;
import static io.liteferry.core.options.Options.REVERSE_ADMIN_ADDRESS;
import static io.liteferry.core.options.Options.SCHEMA_EVOLUTION;
import static io.liteferry.core.options.Options.SINK_ADMIN_ADDRESS;
import static io.liteferry.core.options.Options.SNAPSHOT_CHUNK_SIZE;
import static io.liteferry.core.options.Options.SNAPSHOT_MAX_ROWS_PER_SECOND;
import static io.liteferry.core.options.Options.SNAPSHOT_MAX_WAL_BYTES;
import static io.liteferry.core.options.Options.TARGET_GATE;
import static io.liteferry.core.options.Options.TARGET_SCHEMA;
import static io.liteferry.core.options.Options.TOMBSTONES_ON_DELETE;
import static io.liteferry.core.options.Options.TOPIC_REPLICATION_FACTOR;
import static io.liteferry.core.options.Options.VALIDATION_CPU_PERCENT;
import static io.liteferry.core.options.Options.VALIDATION_MAX_ROWS_PER_SECOND;
import static io.liteferry.core.options.Options.VALIDATION_PASS_INTERVAL_MS;
import static io.liteferry.core.options.Options.VALIDATION_RANGE_ROWS;
import static io.liteferry.core.options.Options.VALIDATION_READY_CLEAN_PASSES;
import static io.liteferry.core.options.Options.VALIDATION_READY_MAX_AGE_MS;
import static io.liteferry.core.options.Options.VALIDATION_READY_MAX_LAG_MS;
import static io.liteferry.core.options.Options.VALIDATION_READY_MAX_UNVERIFIED_MS;
import static io.liteferry.core.options.Options.VALIDATION_READY_STABLE_MS;
import static io.liteferry.core.options.Options.VALIDATOR_ADMIN_ADDRESS;

import io.liteferry.core.options.UnitValue.Unit;
import org.apache.kafka.common.config.ConfigDef.Importance;

/** Every option with its type, default, unit, range and documentation, in the order of the reference. */
final class DeclaredOptions {
    static final Declaration ALL = new Declaration()
            .group("common")
            .text(DATABASE_FILE_PATH, "", Importance.HIGH)
            .doc(
                    "The SQLite file. A relative path is resolved against the folder of the migration file. Example: /srv/app/app.db")
            .text(BOOTSTRAP_SERVERS, "", Importance.HIGH)
            .doc(
                    "Kafka brokers, host:port separated by commas. Empty: an embedded broker with its data beside the migration file.")
            .text(CONNECTION_URL, "", Importance.HIGH)
            .doc(
                    "JDBC URL of the target's writer endpoint, which for the sink may be a pgbouncer in transaction mode before it. Empty: an embedded PostgreSQL with its data beside the migration file. Example: jdbc:postgresql://db.internal:5432/app")
            .text(CONNECTION_USERNAME, "", Importance.HIGH)
            .doc("Role of the target connection.")
            .secret(CONNECTION_PASSWORD, Importance.HIGH)
            .doc("Its password: ${env:NAME} or ${file:/path}; never logged.")
            .text(TARGET_SCHEMA, "public", Importance.MEDIUM)
            .doc("PostgreSQL schema of the target tables.")
            .secret(MASK_SECRET, Importance.LOW)
            .doc(
                    "Key of the hashes that stand in columns with mask: hash, the same for sink and validator: ${env:NAME} or ${file:/path}; never logged. With another key other hashes come out, and nobody without it can find a value by trying.")
            .count(TOPIC_REPLICATION_FACTOR, -1, -1, Short.MAX_VALUE, Importance.MEDIUM)
            .doc("Replication factor of the topics that apply makes; -1 takes the broker's default.")
            .group("capture")
            .text(CAPTURE_ADMIN_ADDRESS, "127.0.0.1:8081", Importance.LOW)
            .doc("host:port of capture's /livez, /readyz and /metrics. Port 0 takes a free one.")
            .number(POLL_INTERVAL_MS, 10L, 1, 60_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc(
                    "How long after reading changes capture reads again: what is committed meanwhile travels in one batch. Up to five times as long where reading would take more than a tenth of the time. Where nothing comes, SQLite is asked five times an interval whether anything was committed (2 microseconds a question).")
            .count(MAX_BATCH_SIZE, 50_000, 1, 1_000_000, Importance.MEDIUM)
            .doc("Log entries read in one read transaction at the most; a batch may need several.")
            .count(SNAPSHOT_CHUNK_SIZE, 20_000, 1, 1_000_000, Importance.MEDIUM)
            .doc("Rows of a snapshot read in one read transaction at the most.")
            .number(SNAPSHOT_MAX_ROWS_PER_SECOND, 0L, 0, Long.MAX_VALUE, Unit.NONE, Importance.MEDIUM)
            .doc(
                    "Rate limit of snapshots, as long as no throttle signal sets another; 0: none. Changes are never limited.")
            .number(SNAPSHOT_MAX_WAL_BYTES, 64L << 20, 0, 1L << 40, Unit.BYTES, Importance.MEDIUM)
            .doc(
                    "No rows of snapshots are read while the source's -wal file is larger than this and still grows; 0: no limit. SQLite resets the file at 4 MB by default, so that far more tells of readers that keep it from doing so.")
            .number(READ_TRANSACTION_MAX_MS, 250L, 5, 60_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc("Longest read transaction on the source; a longer one would keep SQLite's WAL from being reset.")
            .choice(RECORD_FORMAT, Importance.MEDIUM, RECORD_FORMAT_PACKED, RECORD_FORMAT_STRUCT)
            .doc(
                    "What the topics hold: packed bytes for our own sink, the fastest; or Debezium's envelope for every reader, which Kafka Connect's converters write and the capture service writes as JSON. Our sink reads both.")
            .flag(RECORD_SCHEMAS_ENABLE, true, Importance.LOW)
            .doc(
                    "Whether the capture service writes the schema into each record of format struct. In a Connect cluster the converters' own schemas.enable says so.")
            .flag(TOMBSTONES_ON_DELETE, true, Importance.LOW)
            .doc(
                    "Whether a delete of format struct is followed by a tombstone, a record of the same key without a value. Packed records have none.")
            .choice(SCHEMA_EVOLUTION, Importance.MEDIUM, "basic", "none")
            .doc(
                    "What becomes of columns that are added, renamed or dropped in the source while it runs: basic, the target follows where Liteferry made its table; none, the table is suspended until somebody decides.")
            .group("sink")
            .text(SINK_ADMIN_ADDRESS, "127.0.0.1:8082", Importance.LOW)
            .doc("host:port of the sink's admin endpoints.")
            .number(BATCH_MEMORY_BYTES, 32L << 20, 1L << 10, 1L << 40, Unit.BYTES, Importance.MEDIUM)
            .doc("A batch above this size is spooled into a stage table and merged in one transaction at its END.")
            .count(FLUSH_MAX_RETRIES, 10, 0, 1_000_000, Importance.MEDIUM)
            .doc("How often a batch is tried again after a transient error before the sink stops.")
            .number(FLUSH_RETRY_DELAY_MS, 1_000L, 1, 600_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc("Pause before such a retry.")
            .number(CONSTRAINT_RETRY_INTERVAL_MS, 10_000L, 100, 3_600_000, Unit.MILLISECONDS, Importance.LOW)
            .doc("How often a suspended constraint is tried again.")
            .count(CONSTRAINT_BUILD_THREADS, 2, 1, 64, Importance.MEDIUM)
            .doc(
                    "Tables whose indexes and constraints are built at the same time after the load, each on a connection of its own beside that of the stream.")
            .flag(TARGET_GATE, true, Importance.MEDIUM)
            .doc(
                    "Whether the target tables are closed to all but the sink until the cutover, by a trigger on each. false: you keep the application out yourself.")
            .number(PARTITION_HASH_MIN_ROWS, 1_000_000L, 1, Long.MAX_VALUE, Unit.NONE, Importance.MEDIUM)
            .doc(
                    "The plan proposes hash partitions from this many rows on, where no unique index and no inbound foreign key would be lost.")
            .count(PARTITION_HASH_COUNT, 8, 2, 1024, Importance.MEDIUM)
            .doc("Number of hash partitions the plan proposes.")
            .group("validator")
            .text(VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:8083", Importance.LOW)
            .doc("host:port of the validator's admin endpoints.")
            .count(VALIDATION_RANGE_ROWS, 10_000, 10, 1_000_000, Importance.MEDIUM)
            .doc(
                    "Rows of one key range at the most, read in one pair of snapshots; as many as SQLite reads in half of read.transaction.max.ms.")
            .number(VALIDATION_MAX_ROWS_PER_SECOND, 200_000L, 1, Long.MAX_VALUE, Unit.NONE, Importance.MEDIUM)
            .doc("Rate limit of the validator's full passes.")
            .count(VALIDATION_CPU_PERCENT, 10, 1, 100, Importance.MEDIUM)
            .doc(
                    "Share of the time that full passes over a source take, so of one core at the most; more only while nothing but passes is missing for READY, and where tables would get older than half of validation.ready.max.age.ms.")
            .number(VALIDATION_PASS_INTERVAL_MS, 1_000L, 0, 86_400_000, Unit.MILLISECONDS, Importance.LOW)
            .doc("Pause between two full passes, at the least.")
            .number(VALIDATION_READY_STABLE_MS, 60_000L, 0, 86_400_000, Unit.MILLISECONDS, Importance.HIGH)
            .doc("READY demands lag below its limit over this long.")
            .count(VALIDATION_READY_CLEAN_PASSES, 2, 1, 1_000, Importance.HIGH)
            .doc("READY demands this many full passes in a row over each table with nothing different.")
            .number(VALIDATION_READY_MAX_LAG_MS, 1_000L, 1, 3_600_000, Unit.MILLISECONDS, Importance.HIGH)
            .doc("READY demands that the 99th percentile of the end-to-end lag is below this.")
            .number(VALIDATION_READY_MAX_UNVERIFIED_MS, 10_000L, 1, 3_600_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc("READY demands that all changes committed longer ago than this are verified.")
            .number(VALIDATION_READY_MAX_AGE_MS, 600_000L, 1_000, 86_400_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc(
                    "READY demands that the last full pass over each table ended no longer ago than this, or than twice the time it took if that is longer.")
            .group("cutover")
            .text(REVERSE_ADMIN_ADDRESS, "127.0.0.1:8084", Importance.LOW)
            .doc("host:port of the reverse feed's admin endpoints.")
            .number(CUTOVER_MAX_LAG_MS, 1_000L, 1, 60_000, Unit.MILLISECONDS, Importance.HIGH)
            .doc("The source is held only once the target is less than this behind it.")
            .number(CUTOVER_TIMEOUT_MS, 30_000L, 100, 600_000, Unit.MILLISECONDS, Importance.HIGH)
            .doc(
                    "Longest time that writers are held. A switch that is not fenced by then is undone, and they go on without an error.")
            .flag(CUTOVER_REVERSE_ENABLED, true, Importance.HIGH)
            .doc(
                    "Whether what the application writes to PostgreSQL after the switch is carried back to SQLite, so that a rollback stays possible. Needs wal_level = logical and the right of replication.")
            .text(CUTOVER_HOOK, "", Importance.HIGH)
            .doc(
                    "What moves the application: a command, run by sh, or an http(s) URL, sent a POST. Both are told the direction, cutover or rollback. Empty: the application moves by itself when it meets the fence. Example: systemctl restart app")
            .number(CUTOVER_HOOK_TIMEOUT_MS, 30_000L, 100, 3_600_000, Unit.MILLISECONDS, Importance.MEDIUM)
            .doc("How long one call of the hook may take.")
            .count(CUTOVER_HOOK_RETRIES, 3, 0, 1_000, Importance.MEDIUM)
            .doc("How often a hook that failed is called again.")
            .text(HOOKS_SQL_AFTER_LOAD, "", Importance.MEDIUM)
            .doc(
                    "SQL files, separated by commas, run on the target once the load is complete, before any cutover: views, full-text search. Relative to the folder of the migration file.")
            .text(HOOKS_SQL_AT_SWITCH, "", Importance.MEDIUM)
            .doc(
                    "SQL files, separated by commas, run inside the transaction that opens the target to the application: triggers that must not fire for what the sink writes.");

    private DeclaredOptions() {}
}
