package io.liteferry.capture.install;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts capture into the source and takes it out again, each in one immediate transaction. Installing twice changes
 * nothing; uninstalling leaves the schema as it was, text by text.
 */
public final class SourceInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(SourceInstaller.class);

    /** A file that was copied or restored does not know the epochs that were claimed in the other one. */
    private static final long EPOCHS_NOBODY_TOOK = 1_000;

    private static final int SHORT_WAIT_MS = 50;

    private final Plan plan;
    private final SqliteFile file;

    public SourceInstaller(Plan plan) {
        this.plan = plan;
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
    }

    /** What {@link #install()} would run now, in this order; empty where everything is in place. */
    public List<String> statements() {
        try (Connection connection = file.openReadOnly();
                Statement s = connection.createStatement()) {
            SourceFence.refuseFenced(s, file, "Comparing the capture triggers of " + file.path());
            return statements(connection);
        } catch (SQLException e) {
            throw file.failure("Reading the schema of " + file.path(), e);
        }
    }

    /** @throws LiteferryException {@link ErrorCode#SOURCE_FENCED} where the application writes to PostgreSQL */
    public void demandNotFenced() {
        String tried = "Looking at " + file.path();
        try (Connection connection = file.openReadOnly();
                Statement s = connection.createStatement()) {
            SourceFence.refuseFenced(s, file, tried);
        } catch (SQLException e) {
            throw file.failure(tried, e);
        }
    }

    public boolean installed() {
        return statements().isEmpty();
    }

    public void install() {
        inOneTransaction("Installing the capture triggers in " + file.path(), (connection, s) -> {
            List<String> statements = statements(connection);
            Map<String, List<String>> compiled = compiledWrites(connection, plan.tables());
            for (String sql : statements) {
                s.execute(sql);
            }
            compileAgain(s, compiled);
            LOG.info("Change log installed file={} statements={}", file.path(), statements.size());
        });
    }

    /**
     * Makes the triggers of some tables again, those of the others are left as they are. Waits for a writer only shortly.
     *
     * @param tables as they are planned now; each must be in the source and in the log
     */
    public void remake(List<TablePlan> tables) {
        inOneTransaction(
                "Making the triggers again in " + file.path(),
                (connection, s) -> {
                    s.execute("PRAGMA busy_timeout = " + SHORT_WAIT_MS);
                },
                (connection, s) -> remake(connection, s, tables));
    }

    /** The same in a transaction that is open. Where a schema window is open, a table's triggers are kept away. */
    void remake(Connection connection, Statement s, List<TablePlan> planned) throws SQLException {
        InstalledLog log = InstalledLog.read(connection).orElseThrow();
        List<TablePlan> tables =
                planned.stream().filter(t -> log.window(t.source()).isEmpty()).toList();
        List<String> names = tables.stream().map(TablePlan::source).toList();
        for (String trigger : log.triggersOn(names)) {
            s.execute("DROP TRIGGER " + Sql.name(trigger));
        }
        SqliteCatalog catalog = new SqliteCatalog(connection);
        Map<String, List<String>> compiled = compiledWrites(connection, tables);
        for (TablePlan table : tables) {
            SourceTable source = catalog.table(table.source()).orElseThrow(() -> missing(table));
            int id = Objects.requireNonNull(log.tables().get(table.source())).id();
            for (TriggerSql.Trigger t : triggersOf(table, source, id)) {
                s.execute(t.sql());
            }
            s.execute(ChangeLog.triggersRemade(id));
        }
        compileAgain(s, compiled);
        LOG.info("Triggers made again file={} tables={}", file.path(), names);
    }

    /**
     * Takes out triggers first and the log last: a trigger without its log would make the application's writes fail. A
     * fence goes with them, and the application's triggers come back.
     */
    public void uninstall() {
        String tried = "Removing the capture triggers from " + file.path();
        immediately(tried, (connection, s) -> {}, (connection, s) -> {
            if (SourceFence.isFenced(s)) {
                SourceFence.refuseObstacles(s, file);
                FencedSchema.lower(s, false);
            }
            remove(s);
            LOG.info("Change log removed file={}", file.path());
        });
    }

    /** Triggers first and the log last: a trigger without its log would make the application's writes fail. */
    private static void remove(Statement s) throws SQLException {
        for (String trigger : names(s, "trigger")) {
            s.execute("DROP TRIGGER " + Sql.name(trigger));
        }
        for (String table : SqliteCatalog.OWN_TABLES) {
            s.execute("DROP TABLE IF EXISTS " + table);
        }
    }

    /**
     * Begins a new log in place of the one that is there, or that was lost with the file: from here on every write is
     * logged, what was before is known by new snapshots only.
     *
     * @param above the highest epoch that any capture of this migration may have claimed
     * @return where the new log begins
     */
    public Position restart(long above) {
        Position[] begin = new Position[1];
        inOneTransaction("Beginning a new change log in " + file.path(), (connection, s) -> {
            remove(s);
            for (String sql : statements(connection, above + EPOCHS_NOBODY_TOOK)) {
                s.execute(sql);
            }
            try (ResultSet rs = s.executeQuery(
                    "SELECT identity, epoch, seq, r FROM " + ChangeLog.META + ", " + ChangeLog.LOG + " ORDER BY seq")) {
                rs.next();
                begin[0] = new Position(rs.getString(1), rs.getLong(2), rs.getLong(3), rs.getLong(4));
            }
            LOG.info("New change log begun file={} identity={}", file.path(), begin[0].logIdentity());
        });
        return begin[0];
    }

    /**
     * Takes the file at the path for the one of this migration, although it was copied, moved or restored. Its captures
     * get epochs that no capture of the other file has taken meanwhile.
     */
    public void accept() {
        long inode = file.identity().inode();
        inOneTransaction("Accepting " + file.path(), (connection, s) -> {
            if (InstalledLog.read(connection).isEmpty()) {
                throw new LiteferryException(
                        ErrorCode.CAPTURE_NOT_INSTALLED,
                        "Accepting " + file.path()
                                + ": it has no change log. Run liteferry apply --config … --restart.");
            }
            s.execute("UPDATE " + ChangeLog.META + " SET inode = " + inode + ", epoch = epoch + " + EPOCHS_NOBODY_TOOK
                    + " WHERE inode IS NOT " + inode);
        });
    }

    private List<String> statements(Connection connection) throws SQLException {
        return statements(connection, 0);
    }

    private List<String> statements(Connection connection, long epoch) throws SQLException {
        SqliteCatalog catalog = new SqliteCatalog(connection);
        Optional<InstalledLog> present = InstalledLog.read(connection);
        if (present.isPresent() && present.get().identity().isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.POSITION_BROKEN,
                    "Reading the change log of " + file.path()
                            + ": its identity is gone, all tables were emptied. Stop the services, then: liteferry apply --config … --restart.");
        }
        Map<String, InstalledLog.Table> known =
                new TreeMap<>(present.map(InstalledLog::tables).orElse(Map.of()));
        int width = plan.tables().stream()
                .mapToInt(t -> Math.max(1, t.key().columns().size()))
                .reduce(ChangeLog.KEY_COLUMNS, Math::max);
        List<String> statements = new ArrayList<>();
        if (present.isEmpty()) {
            statements.addAll(ChangeLog.create(width, epoch, file.identity().inode()));
        } else {
            for (int k = present.get().keyColumns(); k < width; k++) {
                statements.add("ALTER TABLE " + ChangeLog.LOG + " ADD COLUMN k" + k);
            }
        }
        List<InstalledLog.Trigger> strays = new ArrayList<>(present.map(p ->
                        p.triggers().stream().filter(InstalledLog.Trigger::ours).toList())
                .orElse(List.of()));
        List<String> made = new ArrayList<>();
        for (TablePlan table : plan.tables()) {
            if (leftOut(catalog, table)) {
                continue;
            }
            SourceTable source = catalog.table(table.source()).orElseThrow(() -> missing(table));
            if (present.flatMap(p -> p.window(table.source())).isPresent()) {
                continue;
            }
            strays.removeIf(t -> t.on(table.source())
                    && present.orElseThrow().problem(table, Optional.of(source)).isEmpty());
            if (present.isPresent()
                    && present.get().problem(table, Optional.of(source)).isEmpty()) {
                continue;
            }
            InstalledLog.Table before = known.get(table.source());
            int id = before == null ? nextId(known) : before.id();
            List<String> columns =
                    source.columns().stream().map(SourceTable.Column::name).toList();
            known.put(table.source(), new InstalledLog.Table(id, columns, Optional.empty()));
            if (before == null) {
                made.add("INSERT INTO " + ChangeLog.TABLES + "(id, name, columns) SELECT " + id + ", "
                        + Sql.text(table.source()) + ", "
                        + Sql.text(new String(Json.bytes(columns), StandardCharsets.UTF_8)));
            }
            triggersOf(table, source, id).forEach(t -> made.add(t.sql()));
            if (before != null) {
                made.add(ChangeLog.triggersRemade(id));
            }
        }
        strays.forEach(t -> statements.add("DROP TRIGGER " + Sql.name(t.name())));
        statements.addAll(made);
        return statements;
    }

    private static List<TriggerSql.Trigger> triggersOf(TablePlan table, SourceTable source, int id) {
        List<String> open = DisplacedRows.unforeseeableDefaults(source);
        if (!open.isEmpty()) {
            LOG.warn(
                    "A random default in a unique index cannot be foreseen, a row that REPLACE displaces by it is left to the validator table={} columns={}",
                    table.source(),
                    open);
        }
        try {
            return TriggerSql.of(source, table.key(), id);
        } catch (IllegalArgumentException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_TABLE_UNSUPPORTED,
                    "Writing the triggers of table " + table.source() + ": " + e.getMessage()
                            + ". Correct its key in the migration file, or exclude the table.",
                    e);
        }
    }

    /** One of several files may be behind the others: capture says its table is suspended, the other tables go on. */
    private boolean leftOut(SqliteCatalog catalog, TablePlan table) throws SQLException {
        Optional<String> lacks = plan.several() ? table.lackedBy(catalog.table(table.source())) : Optional.empty();
        lacks.ifPresent(what ->
                LOG.warn("Table not captured source={} table={} reason={}", plan.source(), table.source(), what));
        return lacks.isPresent();
    }

    private LiteferryException missing(TablePlan table) {
        return new LiteferryException(
                ErrorCode.SOURCE_TABLE_UNSUPPORTED,
                "Installing on table " + table.source() + ": " + file.path()
                        + " has no such table. Run liteferry plan again, or take the table out of the migration file.");
    }

    private static int nextId(Map<String, InstalledLog.Table> known) {
        return known.values().stream().mapToInt(InstalledLog.Table::id).max().orElse(0) + 1;
    }

    /**
     * The writes that this library can compile before our triggers are there, by table. Where an application trigger calls
     * a function that only the application registers, none can be, and that is no fault of ours.
     */
    private Map<String, List<String>> compiledWrites(Connection connection, List<TablePlan> tables)
            throws SQLException {
        Map<String, List<String>> compiled = new TreeMap<>();
        SqliteCatalog catalog = new SqliteCatalog(connection);
        for (TablePlan table : tables) {
            if (leftOut(catalog, table)) {
                continue;
            }
            SourceTable source = catalog.table(table.source()).orElseThrow(() -> missing(table));
            String name = Sql.name(table.source());
            Optional<String> column = source.columns().stream()
                    .filter(c -> !c.generated())
                    .map(c -> Sql.name(c.name()))
                    .findFirst();
            List<String> writes = new ArrayList<>(
                    List.of("EXPLAIN INSERT INTO " + name + " DEFAULT VALUES", "EXPLAIN DELETE FROM " + name));
            column.ifPresent(c -> writes.add("EXPLAIN UPDATE " + name + " SET " + c + " = " + c));
            List<String> good = new ArrayList<>();
            try (Statement s = connection.createStatement()) {
                for (String write : writes) {
                    if (compiles(s, write)) {
                        good.add(write);
                    }
                }
            }
            compiled.put(table.source(), good);
        }
        return compiled;
    }

    private static boolean compiles(Statement s, String sql) {
        try (ResultSet ignored = s.executeQuery(sql)) {
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** A trigger that does not compile would make the application's writes fail, so it is never committed. */
    private static void compileAgain(Statement s, Map<String, List<String>> compiled) {
        compiled.forEach((table, writes) -> {
            for (String write : writes) {
                try (ResultSet ignored = s.executeQuery(write)) {
                    LOG.trace("compiles table={}", table);
                } catch (SQLException e) {
                    throw new LiteferryException(
                            ErrorCode.SOURCE_TABLE_UNSUPPORTED,
                            "Compiling the writes to table " + table + " with its triggers: " + e.getMessage()
                                    + ". Nothing was installed. Exclude the table (table.exclude.list) and report this.",
                            e);
                }
            }
        });
    }

    private static List<String> names(Statement s, String type) throws SQLException {
        Set<String> names = new HashSet<>();
        try (ResultSet rs = s.executeQuery("SELECT name FROM sqlite_master WHERE type = '" + type + "'")) {
            while (rs.next()) {
                if (rs.getString(1).startsWith(SqliteCatalog.OWN_PREFIX)) {
                    names.add(rs.getString(1));
                }
            }
        }
        return names.stream().sorted().toList();
    }

    /** Work inside a transaction. */
    interface Work {
        void run(Connection connection, Statement statement) throws SQLException;
    }

    void inOneTransaction(String tried, Work work) {
        inOneTransaction(tried, (connection, s) -> {}, work);
    }

    /** Refused where the source is fenced: nothing of ours may change in it then. */
    private void inOneTransaction(String tried, Work before, Work work) {
        immediately(tried, before, (connection, s) -> {
            SourceFence.refuseFenced(s, file, tried);
            work.run(connection, s);
        });
    }

    private void immediately(String tried, Work before, Work work) {
        try (Connection connection = file.openWriter();
                Statement s = connection.createStatement()) {
            before.run(connection, s);
            s.execute("BEGIN IMMEDIATE");
            try {
                work.run(connection, s);
                s.execute("COMMIT");
            } catch (SQLException | RuntimeException e) {
                s.execute("ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            throw file.failure(tried, e);
        }
    }
}
