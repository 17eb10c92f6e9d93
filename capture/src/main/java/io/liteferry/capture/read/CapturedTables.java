package io.liteferry.capture.read;

import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of a source: how far each is, which of them wait and why, and what is to be told of their schema. */
final class CapturedTables {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedTables.class);

    private final List<TableReader> tables = new ArrayList<>();
    private final Map<Integer, TableReader> byLogId = new HashMap<>();
    private final List<SchemaChange> untold = new ArrayList<>();
    private boolean changed;

    CapturedTables(Connection connection, Plan plan, Map<String, TableProgress> progress, boolean utf16) {
        for (TablePlan t : plan.tables()) {
            TableProgress begin = progress.getOrDefault(t.source(), TableProgress.pending(t.expectedRows()));
            tables.add(new TableReader(connection, t, tables.size(), utf16, begin));
        }
    }

    List<TableReader> all() {
        return tables;
    }

    /** By the number that the change log gives to a table; null for one that is not captured. */
    @Nullable
    TableReader logged(int id) {
        return byLogId.get(id);
    }

    /** @param ids of the tables in the change log, as it is now */
    void numbered(Map<Integer, TableReader> ids) {
        byLogId.clear();
        byLogId.putAll(ids);
    }

    /** A table whose rows may be read now. */
    Optional<TableReader> readable(String name) {
        return tables.stream()
                .filter(t -> t.plan().source().equals(name))
                .filter(TableReader::readable)
                .findFirst();
    }

    Map<String, TableProgress> progress() {
        Map<String, TableProgress> progress = new LinkedHashMap<>();
        tables.forEach(t -> progress.put(t.plan().source(), t.progress()));
        return progress;
    }

    boolean snapshotting() {
        return tables.stream().map(t -> t.progress().state()).anyMatch(s -> s == State.PENDING || s == State.SNAPSHOT);
    }

    /** Captures nothing of the table until somebody has done something about it. */
    void suspend(TableReader table, String what, String remedy) throws SQLException {
        String name = table.plan().source();
        String reason = "Capturing table " + name + ": " + what + ". " + remedy;
        if (table.progress().state() == State.SUSPENDED
                && reason.equals(table.progress().reason())) {
            return;
        }
        LOG.error("Table is suspended, the others go on table={} reason={}", name, reason);
        table.progress(table.progress().suspended(reason));
        tell(table, SchemaChange.Kind.SUSPENDED, reason, false);
    }

    /** What the target holds of a table and this snapshot does not find is deleted there when it is complete. */
    void snapshotAgain(TableReader table, String why, SliceWriter out) throws SQLException {
        LOG.warn("Table is snapshotted again: {} table={}", why, table.plan().source());
        table.progress(table.progress().again(out.next()));
        tell(table, SchemaChange.Kind.SNAPSHOT_AGAIN, why, true);
    }

    private void tell(TableReader table, SchemaChange.Kind kind, String what, boolean again) {
        tell(new SchemaChange(table.plan().source(), kind, what, List.of(), List.of(), List.of(), again));
    }

    /** Goes out with the next END. */
    void tell(SchemaChange change) {
        untold.add(change);
        changed();
    }

    /** What has happened to the schema since the last END. */
    List<SchemaChange> told() {
        List<SchemaChange> told = List.copyOf(untold);
        untold.clear();
        return told;
    }

    /** An END is due, even for a batch without records. */
    void changed() {
        changed = true;
    }

    /** Whether an END is due since this was last asked. */
    boolean takeChanged() {
        boolean is = changed;
        changed = false;
        return is;
    }
}
