package io.liteferry.core;

/**
 * The stable code of every failure, with the exit code of a command that ends with it.
 *
 * <p>Numbers are never reused. 1xx: the source file and the plan; 2xx: capture; 3xx: Kafka; 4xx: the target and the
 * sink; 5xx: the validator; 6xx: cutover, rollback and the reverse feed; 7xx: commands and the embedded services.
 */
public enum ErrorCode {
    // 1xx: the source file, the plan, the options
    SOURCE_NOT_READABLE(101, ExitCode.FAILED, "The SQLite file does not exist or cannot be read."),
    SOURCE_NOT_SQLITE(102, ExitCode.FAILED, "The file is not a SQLite database, or it is encrypted."),
    SOURCE_CORRUPT(103, ExitCode.FAILED, "SQLite reports the database as corrupt."),
    SOURCE_BUSY(104, ExitCode.FAILED, "The database stayed locked by another connection."),
    SOURCE_TABLE_UNSUPPORTED(105, ExitCode.FAILED, "A table cannot be carried as it is."),
    SOURCE_ERROR(106, ExitCode.FAILED, "SQLite refused a statement."),
    PLAN_NOT_READABLE(110, ExitCode.USAGE, "The migration file does not exist or cannot be read."),
    PLAN_INVALID(111, ExitCode.USAGE, "The migration file has errors; all of them are listed with their lines."),
    OPTION_INVALID(112, ExitCode.USAGE, "An option is unknown or its value is out of range."),
    PREFLIGHT_BLOCKED(120, ExitCode.PREFLIGHT, "The preflight found blockers."),

    // 2xx: capture
    CAPTURE_NOT_INSTALLED(201, ExitCode.FAILED, "The source has no change log, or not the one of this migration."),
    POSITION_BROKEN(
            202, ExitCode.FAILED, "The log row at our position is not the one we knew: restored, wiped or replaced."),
    EPOCH_LOST(203, ExitCode.FAILED, "Another capture has taken over this source."),
    SOURCE_REPLACED(204, ExitCode.FAILED, "The file at the path is another one than at the start."),
    RECORD_DROPPED(205, ExitCode.FAILED, "A record was dropped between capture and Kafka."),
    SCHEMA_CHANGED(206, ExitCode.FAILED, "The source schema changed in a way that needs a decision."),
    SIGNAL_INVALID(207, ExitCode.FAILED, "A signal could not be understood."),
    // 208 was a key that a struct could not carry.
    ROW_TOO_LARGE(209, ExitCode.FAILED, "A row is larger than a Kafka record can be."),
    SCHEMA_WINDOW_OPEN(210, ExitCode.FAILED, "A schema window is open: triggers are to stay away."),

    // 3xx: Kafka
    KAFKA_UNREACHABLE(301, ExitCode.CONNECTION_LOST, "The Kafka brokers do not answer."),
    TOPIC_UNFIT(302, ExitCode.FAILED, "A topic is missing or its settings contradict the protocol."),
    RECORDS_LOST(303, ExitCode.FAILED, "Records that the target still needs are gone from Kafka."),
    RECORD_UNREADABLE(304, ExitCode.FAILED, "A record does not have the format of this version."),
    TOPIC_REPLACED(305, ExitCode.FAILED, "A topic is another one than the target was read from."),

    // 4xx: the target and the sink
    TARGET_UNREACHABLE(401, ExitCode.CONNECTION_LOST, "PostgreSQL does not answer."),
    TARGET_REFUSED(402, ExitCode.FAILED, "PostgreSQL refused a statement."),
    TARGET_NOT_EMPTY(403, ExitCode.PREFLIGHT, "A target table already holds rows."),
    TARGET_MISMATCH(404, ExitCode.PREFLIGHT, "A target table does not fit the plan."),
    SINK_FENCED(405, ExitCode.FAILED, "Another sink has taken over this source."),
    POSITION_WENT_BACK(406, ExitCode.FAILED, "A batch would move the applied position backwards."),
    PRIMARY_KEY_CONFLICT(407, ExitCode.FAILED, "A row of the target that is not ours owns the primary key."),
    TARGET_POOLED(408, ExitCode.USAGE, "A step that needs a session of its own was given a pooler's address."),
    NOT_IN_QUARANTINE(409, ExitCode.USAGE, "The row that was named does not stand in the quarantine."),

    // 5xx: the validator
    VALIDATION_READ_FAILED(501, ExitCode.FAILED, "A range could not be read on one side."),
    NOT_READY(510, ExitCode.NOT_READY, "The migration is not ready."),

    // 6xx: cutover, rollback and the reverse feed
    CUTOVER_REFUSED(601, ExitCode.NOT_READY, "A gate of the cutover or of the rollback is closed."),
    CUTOVER_UNDONE(602, ExitCode.FAILED, "The switch did not come about; everything is as it was before."),
    CUTOVER_IN_DOUBT(
            603, ExitCode.FAILED, "The switch was interrupted after the fence; the journal says how to finish it."),
    CUTOVER_STATE(604, ExitCode.USAGE, "The migration is not in a state in which this can be done."),
    HOOK_FAILED(605, ExitCode.FAILED, "The hook that moves the application failed."),
    SOURCE_FENCED(610, ExitCode.FAILED, "The source is fenced: the application writes to PostgreSQL."),
    SLOT_UNFIT(
            611,
            ExitCode.FAILED,
            "The replication slot or the publication of the reverse feed is missing or cannot serve."),
    REVERSE_FAILED(612, ExitCode.FAILED, "A change of PostgreSQL could not be carried back to SQLite."),
    BACKUP_FAILED(620, ExitCode.FAILED, "A backup of the source could not be made or verified."),

    // 7xx: commands and the embedded services
    EMBEDDED_KAFKA_FAILED(701, ExitCode.FAILED, "The embedded Kafka broker did not start."),
    EMBEDDED_POSTGRES_FAILED(702, ExitCode.FAILED, "The embedded PostgreSQL did not start."),
    ADMIN_ADDRESS_IN_USE(703, ExitCode.FAILED, "The address of an admin endpoint is in use."),
    SERVICE_FAILED(704, ExitCode.FAILED, "A service ended with an error."),
    TIMED_OUT(705, ExitCode.TIMED_OUT, "An operation did not answer in time."),
    INTERNAL(799, ExitCode.FAILED, "An error that should not happen; please report it.");

    private final int number;
    private final int exitCode;
    private final String summary;

    ErrorCode(int number, int exitCode, String summary) {
        this.number = number;
        this.exitCode = exitCode;
        this.summary = summary;
    }

    public int number() {
        return number;
    }

    public int exitCode() {
        return exitCode;
    }

    public String summary() {
        return summary;
    }

    @Override
    public String toString() {
        return "LF-" + number;
    }
}
