package io.liteferry.capture.read;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices in the poll's read transaction that the source's schema has moved, and does to each table what its {@link
 * SchemaCheck} says: goes on, evolves at the end of the batch, is snapshotted again, or waits.
 */
final class SchemaWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaWatch.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SqliteFile file;
    private final Connection connection;
    private final CapturedTables tables;
    private final SchemaCheck check;
    private final OwnMigration own;
    private final TriggerMender mender;
    private final Map<TableReader, SchemaCheck.Outcome> evolving = new LinkedHashMap<>();
    private long version;
    private boolean verified;
    private boolean waiting;
    private long lookedAt;
    private boolean everyTablePlanned;

    /** @param version of the schema as the target was last told */
    SchemaWatch(
            SqliteFile file,
            Connection connection,
            Plan written,
            CapturedTables tables,
            SchemaCheck check,
            OwnMigration own,
            long version) {
        this.file = file;
        this.connection = connection;
        this.tables = tables;
        this.check = check;
        this.own = own;
        this.mender = new TriggerMender(written);
        this.version = version;
    }

    long version() {
        return version;
    }

    /** False where tables are beside the plan's or in a schema window: a commit without a log row is nothing to wonder at. */
    boolean everyTablePlanned() {
        return everyTablePlanned;
    }

    private long current() throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA schema_version")) {
            return rs.getLong(1);
        }
    }

    /** Whether {@link #askTarget()} must come before the next look. */
    boolean mustAskTarget() throws SQLException {
        return own.possible() && own.due(current());
    }

    /** Outside of any read transaction. */
    void askTarget() throws SQLException {
        own.ask(current());
    }

    /**
     * Where the schema has moved, every table is looked at again.
     *
     * @param open false where no batch is open
     * @return true where the change goes out in a batch of its own, before anything of the new schema is read
     */
    boolean look(boolean open, SliceWriter out) throws SQLException {
        long now = current();
        // What a person or the mender does about a table need not move the version.
        boolean due = waiting && System.nanoTime() - lookedAt >= LOOK_AGAIN_NANOS;
        if (verified && now == version && !due) {
            return false;
        }
        lookedAt = System.nanoTime();
        boolean moved = version != 0 && now != version && !SourceFence.onlyFenced(connection, version, now);
        boolean oneStep = verified && now == version + 1;
        // A batch of a new epoch must end where the log ends, so the first look cannot send one of its own.
        boolean alone = verified && !open;
        InstalledLog installed = InstalledLog.read(connection).orElseThrow(() -> Breaks.notInstalled(file, null));
        SqliteCatalog catalog = new SqliteCatalog(connection);
        everyTablePlanned = unplanned(catalog).isEmpty()
                && installed.tables().values().stream().allMatch(t -> t.window().isEmpty());
        mender.nothingToMend();
        waiting = false;
        Map<Integer, TableReader> ids = new HashMap<>();
        for (TableReader table : tables.all()) {
            InstalledLog.Table known = installed.tables().get(table.plan().source());
            if (known != null) {
                ids.put(known.id(), table);
            }
            look(table, installed, catalog, moved, oneStep, alone, out);
        }
        tables.numbered(ids);
        if (now != version) {
            // Told at once, even in a batch without records: the validator compares it with its own.
            tables.changed();
        }
        version = now;
        verified = true;
        return alone && !evolving.isEmpty();
    }

    private void look(
            TableReader table,
            InstalledLog installed,
            SqliteCatalog catalog,
            boolean moved,
            boolean oneStep,
            boolean alone,
            SliceWriter out)
            throws SQLException {
        Optional<SourceTable> source = catalog.table(table.plan().source());
        Optional<SchemaCheck.Outcome> before = Optional.ofNullable(evolving.get(table));
        SchemaCheck.Outcome found = check.look(
                installed,
                before.map(SchemaCheck.Outcome::plan).orElse(table.plan()),
                source,
                oneStep && before.isEmpty());
        if (found.evolved().isPresent()) {
            evolve(table, source.orElseThrow(), found, alone);
        }
        if (found.finding().isPresent()) {
            SchemaCheck.Finding finding = found.finding().get();
            waiting = true;
            tables.suspend(table, finding.what(), finding.remedy());
            if (finding.mend()) {
                mender.wanted(found.plan());
            }
        } else {
            int id = Objects.requireNonNull(installed.tables().get(table.plan().source()))
                    .id();
            table.schema(source.orElseThrow(), id);
            goesOn(table, moved, found.rowsKnown() && (alone || found.evolved().isEmpty()), out);
        }
    }

    /** The tables that the plan does not name. */
    private List<SourceTable> unplanned(SqliteCatalog catalog) throws SQLException {
        Set<String> planned = new HashSet<>();
        tables.all().forEach(t -> planned.add(t.plan().source()));
        List<SourceTable> unplanned = catalog.tables().stream()
                .filter(t -> !planned.contains(t.name()))
                .toList();
        List<String> unknown =
                check.unplanned(unplanned.stream().map(SourceTable::name).toList());
        // Those that were there when capture began were left out on purpose.
        if (version != 0) {
            unplanned.stream().filter(t -> unknown.contains(t.name())).forEach(this::tellNew);
        }
        return unplanned;
    }

    private void tellNew(SourceTable table) {
        String what = Objects.requireNonNull(check.evolution().get(table.name()))
                .byHand()
                .get(0);
        LOG.warn("The source has a new table table={} what={}", table.name(), what);
        tables.tell(new SchemaChange(
                table.name(),
                SchemaChange.Kind.NEW_TABLE,
                what,
                List.of(),
                table.columns().stream().map(SourceTable.Column::name).toList(),
                List.of(),
                false));
    }

    /** Notes a change of columns; rows of the table in this batch's old layout end here. */
    private void evolve(TableReader table, SourceTable source, SchemaCheck.Outcome found, boolean alone) {
        String name = table.plan().source();
        boolean again = !(alone && found.rowsKnown());
        String what = found.changes().isEmpty()
                ? "columns in another order, or ones that are not carried"
                : found.changes().stream().map(ColumnChange::text).collect(Collectors.joining(", "));
        LOG.warn(
                "Columns of a table were changed, the target follows table={} changes={} snapshot_again={}",
                name,
                what,
                again);
        tables.tell(new SchemaChange(
                name,
                SchemaChange.Kind.EVOLVED,
                what,
                found.before(),
                source.columns().stream().map(SourceTable.Column::name).toList(),
                found.changes(),
                again));
        check.evolve(name, found.evolved().orElseThrow());
        evolving.put(table, found);
        table.hold();
    }

    private void goesOn(TableReader table, boolean moved, boolean rowsKnown, SliceWriter out) throws SQLException {
        if (table.progress().state() == State.SUSPENDED) {
            tables.snapshotAgain(table, "it can be captured again", out);
        } else if (!rowsKnown) {
            tables.snapshotAgain(table, "its schema was changed", out);
        } else if (moved && check.renumbered(table.plan())) {
            tables.snapshotAgain(
                    table,
                    "the schema's version moved, perhaps by VACUUM, which gives other rowids to the rows of a table"
                            + " without a key and fires no trigger",
                    out);
        }
    }

    /** Makes triggers again where they are missing. Outside of any read transaction. */
    void mend() {
        mender.mend();
    }

    /** The batch ends here: what is read from now on has the new columns. Returns what has happened to the schema. */
    List<SchemaChange> ended() throws SQLException {
        for (Map.Entry<TableReader, SchemaCheck.Outcome> e : evolving.entrySet()) {
            e.getKey().evolve(e.getValue().plan());
        }
        evolving.clear();
        return tables.told();
    }

    /** As of the batch that ends. */
    Map<String, TableEvolution> evolution() {
        return check.evolution();
    }
}
