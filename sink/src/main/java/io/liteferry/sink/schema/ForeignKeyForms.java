package io.liteferry.sink.schema;

import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The two forms of a foreign key. While streaming it is checked at commit and takes no action: a CASCADE of PostgreSQL's own
 * would delete rows that SQLite may have kept. The application finds its own: checked at once, with its actions. Every
 * change from one to the other is made without a scan of the rows.
 */
final class ForeignKeyForms {
    private static final Pattern ACTION = Pattern.compile(
            "MATCH \\w+|ON (?:UPDATE|DELETE) (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT)(?: \\([^)]*\\))?");

    private static final String NOT_VALID = " NOT VALID";

    private final Plan plan;
    private final TargetDdl ddl;

    ForeignKeyForms(Plan plan) {
        this.plan = plan;
        ddl = new TargetDdl(plan);
    }

    /** Both forms, as statements that add it. */
    private record Key(TablePlan table, String name, String streaming, String own) {}

    /** As it stands in the catalogue. */
    private record Found(String definition, String referenced, boolean valid, boolean partitioned) {}

    /** A change of form. */
    private record Change(Key key, Found found, String to) {}

    private List<Key> keys(Connection c) throws SQLException {
        List<Key> keys = new ArrayList<>();
        for (TablePlan t : plan.tables()) {
            for (ForeignKeyPlan k : t.made() ? t.foreignKeys() : List.<ForeignKeyPlan>of()) {
                keys.add(new Key(t, TargetNames.fitting(k.name()), ddl.foreignKey(t, k), ddl.ownForeignKey(t, k)));
            }
        }
        keys.addAll(recorded(c));
        return keys;
    }

    private List<Key> recorded(Connection c) throws SQLException {
        List<Key> keys = new ArrayList<>();
        if (!OwnDefinitions.areThere(c)) {
            return keys;
        }
        try (PreparedStatement s = c.prepareStatement("SELECT table_name, name, streaming, definition"
                + " FROM liteferry.own_definition WHERE source = ? AND kind = 'f' ORDER BY table_name, name")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    String name = r.getString(2);
                    String streaming = r.getString(3);
                    String own = r.getString(4);
                    plan.table(r.getString(1)).ifPresent(t -> keys.add(new Key(t, name, streaming, own)));
                }
            }
        }
        return keys;
    }

    /** The tables that must be locked against everybody for {@link #toApplication}. */
    Set<String> touched(Connection c) throws SQLException {
        Set<String> tables = new LinkedHashSet<>();
        for (Change change : changes(c, true)) {
            tables.add(TargetNames.qualified(plan, change.key.table));
            tables.add(change.found.referenced);
        }
        return tables;
    }

    /** Gives every foreign key that stands the application's form, in the caller's transaction. */
    void toApplication(Connection c) throws SQLException {
        change(c, changes(c, true));
    }

    /** Gives every foreign key that stands the form for streaming, in the caller's transaction. */
    void toStream(Connection c) throws SQLException {
        change(c, changes(c, false));
    }

    private List<Change> changes(Connection c, boolean own) throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Key key : keys(c)) {
            String to = own ? key.own : key.streaming;
            find(c, key)
                    .filter(f -> !actions(f.definition).equals(actions(to))
                            || !deferrability(f.definition).equals(deferrability(to)))
                    .ifPresent(f -> changes.add(new Change(key, f, to)));
        }
        return changes;
    }

    private void change(Connection c, List<Change> changes) throws SQLException {
        for (Change change : changes) {
            String alter = "ALTER TABLE " + TargetNames.qualified(plan, change.key.table) + " ";
            String name = PgSql.name(change.key.name);
            try (Statement s = c.createStatement()) {
                if (actions(change.found.definition).equals(actions(change.to))) {
                    s.execute(alter + "ALTER CONSTRAINT " + name + " " + deferrability(change.to));
                    continue;
                }
                s.execute(alter + "DROP CONSTRAINT " + name);
                // The rows are those that the other form was valid for, so a scan would find nothing.
                boolean asItIs = change.found.partitioned || change.to.endsWith(NOT_VALID);
                s.execute(change.to + (asItIs ? "" : NOT_VALID));
            }
        }
    }

    /** Lets PostgreSQL look at all rows where a change of form has left that out; commits after each. */
    void validate(Connection c) throws SQLException {
        for (Key key : keys(c)) {
            Optional<Found> found = find(c, key);
            if (found.isPresent() && !found.get().valid && !key.own.endsWith(NOT_VALID)) {
                try (Statement s = c.createStatement()) {
                    s.execute("ALTER TABLE " + TargetNames.qualified(plan, key.table) + " VALIDATE CONSTRAINT "
                            + PgSql.name(key.name));
                }
            }
            c.commit();
        }
    }

    private Optional<Found> find(Connection c, Key key) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                SELECT pg_get_constraintdef(k.oid), k.confrelid::regclass::text, k.convalidated, r.relkind = 'p'
                FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
                WHERE k.conrelid = to_regclass(?) AND k.conname = ? AND k.contype = 'f'""")) {
            s.setString(1, TargetNames.qualified(plan, key.table));
            s.setString(2, key.name);
            try (ResultSet r = s.executeQuery()) {
                return r.next()
                        ? Optional.of(new Found(r.getString(1), r.getString(2), r.getBoolean(3), r.getBoolean(4)))
                        : Optional.empty();
            }
        }
    }

    private static String tail(String definition) {
        return definition.substring(definition.indexOf(" REFERENCES "));
    }

    private static Set<String> actions(String definition) {
        return ACTION.matcher(tail(definition))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static String deferrability(String definition) {
        String tail = tail(definition);
        if (tail.contains(" DEFERRABLE INITIALLY DEFERRED")) {
            return "DEFERRABLE INITIALLY DEFERRED";
        }
        return tail.contains(" DEFERRABLE") ? "DEFERRABLE INITIALLY IMMEDIATE" : "NOT DEFERRABLE";
    }
}
