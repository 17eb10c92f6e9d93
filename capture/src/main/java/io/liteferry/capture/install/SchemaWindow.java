package io.liteferry.capture.install;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A time in which tables have no triggers of ours, for a migration of the application that they would hinder. Nothing is
 * logged of a table in its window, so capture suspends it, and after the window snapshots it again. The window stands in
 * the source itself: only the file is needed to open and to close it, and no restart passes it over.
 */
public final class SchemaWindow {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaWindow.class);

    private final Plan plan;
    private final SqliteFile file;
    private final SourceInstaller installer;

    /** What became of a table. */
    public enum State {
        OPENED,
        /** It had a window already; since when it is open does not change. */
        OPEN_ALREADY,
        CLOSED,
        NOT_OPEN,
        /** The change log does not know it, so it has no triggers. */
        NOT_CAPTURED
    }

    /**
     * A table after {@link #open} or {@link #close}.
     *
     * @param since when its window was opened, UTC; empty where it has and had none
     * @param obstacle why {@link #close} could not make its triggers; capture then makes them or says what to do
     */
    public record Table(String name, State state, Optional<String> since, Optional<String> obstacle) {}

    public SchemaWindow(Plan plan) {
        this.plan = plan;
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        this.installer = new SourceInstaller(plan);
    }

    /** The tables of the plan on which a window is open; none where there is no change log. */
    public List<Table> standing() {
        try (Connection connection = file.openReadOnly()) {
            return InstalledLog.read(connection).stream()
                    .flatMap(log -> plan.tables().stream()
                            .filter(t -> log.window(t.source()).isPresent())
                            .map(t -> told(t, State.OPEN_ALREADY, log.window(t.source()))))
                    .toList();
        } catch (SQLException e) {
            throw file.failure("Looking for schema windows in " + file.path(), e);
        }
    }

    /**
     * Takes our triggers off tables.
     *
     * @param names of the tables in the source; empty for all of them
     * @throws LiteferryException {@link ErrorCode#CAPTURE_NOT_INSTALLED}, {@link ErrorCode#SOURCE_BUSY}; nothing is
     *     changed then
     */
    public List<Table> open(Set<String> names, Instant now) {
        String since = now.truncatedTo(ChronoUnit.SECONDS).toString();
        List<Table> tables = new ArrayList<>();
        installer.inOneTransaction("Opening a schema window in " + file.path(), (connection, s) -> {
            InstalledLog log = installed(connection);
            // All of them are also those on a table that was renamed, or was taken out of the plan.
            List<String> triggers = names.isEmpty() ? log.ownTriggers() : log.triggersOn(List.copyOf(names));
            for (String trigger : triggers) {
                s.execute("DROP TRIGGER " + Sql.name(trigger));
            }
            for (TablePlan table : chosen(names)) {
                tables.add(open(s, log, table, since));
            }
        });
        log("Schema window opened file={} tables={}", tables, State.OPENED);
        return tables;
    }

    private static Table open(Statement s, InstalledLog log, TablePlan table, String since) throws SQLException {
        InstalledLog.Table known = log.tables().get(table.source());
        if (known == null) {
            return told(table, State.NOT_CAPTURED, Optional.empty());
        }
        if (known.window().isPresent()) {
            return told(table, State.OPEN_ALREADY, known.window());
        }
        if (!canNoteWindows(s)) {
            s.execute(ChangeLog.addWindow());
        }
        s.execute(ChangeLog.openWindow(known.id(), since));
        return told(table, State.OPENED, Optional.of(since));
    }

    /**
     * Makes the triggers again, on the tables as they are now, and has them snapshotted again. A table that cannot have
     * its triggers as it is planned is left to capture, which knows what became of its columns.
     *
     * @param names of the tables in the source; empty for all of them
     * @throws LiteferryException {@link ErrorCode#CAPTURE_NOT_INSTALLED}, {@link ErrorCode#SOURCE_BUSY},
     *     {@link ErrorCode#SOURCE_TABLE_UNSUPPORTED}; nothing is changed then
     */
    public List<Table> close(Set<String> names) {
        List<Table> tables = new ArrayList<>();
        installer.inOneTransaction("Closing the schema window in " + file.path(), (connection, s) -> {
            InstalledLog log = installed(connection);
            SqliteCatalog catalog = new SqliteCatalog(connection);
            List<TablePlan> again = new ArrayList<>();
            for (TablePlan table : chosen(names)) {
                InstalledLog.Table known = log.tables().get(table.source());
                if (known == null) {
                    tables.add(told(table, State.NOT_CAPTURED, Optional.empty()));
                } else if (known.window().isEmpty()) {
                    tables.add(told(table, State.NOT_OPEN, Optional.empty()));
                } else {
                    s.execute(ChangeLog.closeWindow(known.id()));
                    Optional<String> obstacle = obstacle(catalog.table(table.source()), table, known.id());
                    if (obstacle.isEmpty()) {
                        again.add(table);
                    }
                    tables.add(new Table(table.source(), State.CLOSED, known.window(), obstacle));
                }
            }
            if (!again.isEmpty()) {
                installer.remake(connection, s, again);
            }
        });
        log("Schema window closed file={} tables={}", tables, State.CLOSED);
        return tables;
    }

    private static Optional<String> obstacle(Optional<SourceTable> source, TablePlan table, int id) {
        if (source.isEmpty()) {
            return Optional.of("the source has no such table now");
        }
        try {
            TriggerSql.of(source.get(), table.key(), id);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private List<TablePlan> chosen(Set<String> names) {
        return plan.tables().stream()
                .filter(t -> names.isEmpty() || names.contains(t.source()))
                .toList();
    }

    private void log(String event, List<Table> tables, State changed) {
        List<String> names = tables.stream()
                .filter(t -> t.state() == changed)
                .map(Table::name)
                .toList();
        if (!names.isEmpty()) {
            LOG.info(event, file.path(), names);
        }
    }

    private static Table told(TablePlan table, State state, Optional<String> since) {
        return new Table(table.source(), state, since, Optional.empty());
    }

    private InstalledLog installed(Connection connection) throws SQLException {
        return InstalledLog.read(connection)
                .orElseThrow(
                        () -> new LiteferryException(
                                ErrorCode.CAPTURE_NOT_INSTALLED,
                                "Looking for the change log of " + file.path()
                                        + ": there is none, so no trigger of ours hinders a migration. liteferry apply --config … makes it."));
    }

    private static boolean canNoteWindows(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery("PRAGMA table_info(" + ChangeLog.TABLES + ")")) {
            while (rs.next()) {
                if (rs.getString("name").equals(ChangeLog.WINDOW)) {
                    return true;
                }
            }
            return false;
        }
    }
}
