package io.liteferry.cutover.reverse;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes {@code <name>.reverse} to SQLite, whole PostgreSQL transactions in the order of their commits, and with each the
 * position: stopped in any way it goes on with the first that is not there. Several transactions that wait go into one of
 * SQLite. A transaction above {@code batch.memory.bytes} is written as it is read, inside one open transaction of SQLite.
 *
 * <p>The source stays fenced: the flag is taken away and put back inside the transaction, so nobody ever sees it down.
 */
final class ReverseApplier implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MOST_TOGETHER = 5_000;

    private final Plan plan;
    private final Clock clock;
    private final ReverseEvents events;
    private final SqliteFile file;
    private final Connection connection;
    private final Statements statements;
    private final ReverseQuarantine quarantine;
    private final TransactionWriter writer;
    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long memory;
    private final List<ReverseRecord> pending = new ArrayList<>();

    /** What stands in SQLite, then what will once the open transaction is committed. */
    private ReversePosition position;

    private long pendingBytes;
    private boolean open;
    private boolean streaming;
    private int together;
    private String mark;

    /** @param plan of one source, as its columns are now */
    ReverseApplier(Plan plan, Clock clock, ReverseEvents events) {
        this.plan = plan;
        this.clock = clock;
        this.events = events;
        memory = plan.options().number(Options.BATCH_MEMORY_BYTES);
        file = new SqliteFile(Path.of(plan.options().string(Options.DATABASE_FILE_PATH)));
        partition = new TopicPartition(TopicNames.of(plan).reverse(), plan.partition());
        connection = file.openWriter();
        try {
            execute("PRAGMA foreign_keys = OFF");
            execute("PRAGMA recursive_triggers = OFF");
            // Nobody else writes, so nobody else keeps the WAL short.
            execute("PRAGMA wal_autocheckpoint = 1000");
            statements = new Statements(connection);
            quarantine = new ReverseQuarantine(statements);
            writer = new TransactionWriter(connection, tables(), quarantine);
            position = firstPosition();
            mark = position.mark();
        } catch (SQLException e) {
            LiteferryException failure = file.failure("Opening " + file.path() + " for the reverse feed", e);
            closeQuietly(failure);
            throw failure;
        } catch (LiteferryException e) {
            closeQuietly(e);
            throw e;
        }
        consumer = KafkaClients.of(plan.options()).consumer("liteferry-reverse-" + plan.source());
        consumer.assign(List.of(partition));
        consumer.seek(partition, position.offset());
    }

    private Map<String, TableRows> tables() throws SQLException {
        Map<String, TableRows> tables = new HashMap<>();
        SqliteCatalog catalog = new SqliteCatalog(connection);
        for (TablePlan t : plan.tables()) {
            Optional<SourceTable> now = catalog.table(t.source());
            Optional<String> lacking = t.lackedBy(now);
            if (lacking.isPresent()) {
                throw new LiteferryException(
                        ErrorCode.REVERSE_FAILED,
                        "Carrying table " + t.source() + " back to SQLite: " + lacking.get()
                                + ". Make it as the migration file has it, then start the reverse feed again.");
            }
            if (t.columns().stream().anyMatch(c -> c.mask().isPresent())) {
                throw new LiteferryException(
                        ErrorCode.REVERSE_FAILED,
                        "Carrying table " + t.source()
                                + " back to SQLite: it has masked columns, whose values PostgreSQL"
                                + " does not have. Set cutover.reverse.enabled to false.");
            }
            tables.put(t.source(), new TableRows(statements, t, now.orElseThrow()));
        }
        return tables;
    }

    /** The tables of ours are made in the source at the first start. */
    private ReversePosition firstPosition() throws SQLException {
        execute("BEGIN IMMEDIATE");
        ReversePosition.makeTables(connection);
        ReversePosition found = ReversePosition.read(connection);
        found.write(connection);
        execute("COMMIT");
        return found;
    }

    /** How far SQLite is. */
    ReversePosition position() {
        return position;
    }

    /** Reads and writes what has come; waits a moment where nothing has. */
    void step() {
        try {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(POLL)) {
                take(r);
            }
            if (open && !streaming) {
                commit();
            }
            if (pending.isEmpty()) {
                events.lag(0);
            }
        } catch (InvalidOffsetException e) {
            throw new LiteferryException(
                    ErrorCode.RECORDS_LOST,
                    "Reading " + partition + " from offset " + position.offset() + ": Kafka no longer has it. What"
                            + " PostgreSQL has since written cannot be carried back. Give up the rollback with liteferry"
                            + " complete.",
                    e);
        } catch (SQLException e) {
            throw file.failure("Carrying a transaction back to " + file.path(), e);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> raw) throws SQLException {
        ReverseRecord r = Json.read(raw.value(), ReverseRecord.class, partition + " offset " + raw.offset());
        switch (r.kind()) {
            case HEARTBEAT -> {}
            case BEGIN -> {
                // One that did not end was cut off; it stands here again.
                forget();
                events.lag(Math.max(0, clock.millis() - r.millis()));
            }
            case CHANGE, TRUNCATE, MARK -> {
                pending.add(r);
                pendingBytes += raw.serializedValueSize();
                if (pendingBytes > memory) {
                    stream();
                }
            }
            case END -> end(r, raw.offset() + 1);
        }
    }

    private void forget() throws SQLException {
        pending.clear();
        pendingBytes = 0;
        mark = position.mark();
        if (streaming) {
            rollback();
        }
    }

    /** Too large for memory: what is here is written now, and all of it is undone where the transaction does not end. */
    private void stream() throws SQLException {
        if (!streaming && open) {
            commit();
        }
        begin();
        streaming = true;
        // A delete may be half of a row that moves: it waits for the next record.
        ReverseRecord last = pending.remove(pending.size() - 1);
        write();
        pending.add(last);
        pendingBytes = 0;
    }

    private void end(ReverseRecord end, long next) throws SQLException {
        if (end.lsn() <= position.lsn()) {
            forget();
            position = new ReversePosition(next, position.lsn(), position.mark(), position.millis());
            return;
        }
        begin();
        write();
        together += pending.size() + 1;
        pending.clear();
        pendingBytes = 0;
        streaming = false;
        position = new ReversePosition(next, end.lsn(), mark, end.millis());
        if (together >= MOST_TOGETHER) {
            commit();
        }
    }

    private void write() throws SQLException {
        try {
            if (!streaming) {
                execute("SAVEPOINT one_transaction");
            }
            writer.inOrder(pending);
        } catch (TransactionWriter.Conflict c) {
            if (streaming) {
                throw new LiteferryException(
                        ErrorCode.REVERSE_FAILED,
                        "Carrying a transaction back to " + file.path() + ": in SQLite two of its rows claim one unique"
                                + " value at the same time, and it is larger than batch.memory.bytes (" + memory
                                + "), in which it could be put in order. Raise batch.memory.bytes and start the reverse feed"
                                + " again.",
                        c);
            }
            execute("ROLLBACK TO one_transaction");
            quarantine.recount();
            writer.folded(pending);
        }
        if (!streaming) {
            execute("RELEASE one_transaction");
        }
        for (ReverseRecord r : pending) {
            boolean marked = r.kind() == ReverseRecord.Kind.MARK && !r.mark().startsWith(ReverseRecord.CHECK_MARK);
            mark = marked ? r.mark() : mark;
        }
        events.written(pending);
    }

    private void begin() throws SQLException {
        if (open) {
            return;
        }
        execute("BEGIN IMMEDIATE");
        open = true;
        together = 0;
        quarantine.recount();
        if (!fenced()) {
            rollback();
            throw new LiteferryException(
                    ErrorCode.CUTOVER_STATE,
                    "Carrying a transaction back to " + file.path()
                            + ": the source is not fenced, so the application may"
                            + " write there. Nothing was written. See liteferry cutover status.");
        }
        execute("UPDATE _liteferry_meta SET fenced = 0");
    }

    private boolean fenced() throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT fenced FROM _liteferry_meta")) {
            return rs.next() && rs.getInt(1) == 1;
        }
    }

    private void commit() throws SQLException {
        position.write(connection);
        execute("UPDATE _liteferry_meta SET fenced = 1");
        events.committing(position);
        execute("COMMIT");
        open = false;
        events.committed(position, quarantine.count());
    }

    private void rollback() throws SQLException {
        open = false;
        streaming = false;
        execute("ROLLBACK");
    }

    private void execute(String sql) throws SQLException {
        try (Statement s = connection.createStatement()) {
            s.execute(sql);
        }
    }

    private void closeQuietly(RuntimeException failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** Whatever is not committed is undone; it is read again at the next start. */
    @Override
    public void close() {
        try (consumer;
                connection) {
            statements.close();
            if (open) {
                rollback();
            }
        } catch (SQLException e) {
            throw file.failure("Closing " + file.path(), e);
        }
    }
}
