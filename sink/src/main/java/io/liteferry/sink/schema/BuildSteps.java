package io.liteferry.sink.schema;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which PostgreSQL makes an index or a constraint while rows are written to its table. What an earlier attempt
 * has left is gone on from, or taken away. PostgreSQL has no such way for partitioned tables, nor for exclusion constraints:
 * those are one step, for which writers wait.
 */
final class BuildSteps {
    private static final Pattern INDEX = Pattern.compile("CREATE (UNIQUE )?INDEX (.*)", Pattern.DOTALL);
    private static final Pattern UNIQUE = Pattern.compile(
            "(ALTER TABLE .* ADD CONSTRAINT .*) UNIQUE (\\(.*\\))( (?:NOT )?DEFERRABLE.*)?", Pattern.DOTALL);
    private static final Pattern CHECKED =
            Pattern.compile("ALTER TABLE .* ADD CONSTRAINT .* (FOREIGN KEY|CHECK) .*", Pattern.DOTALL);

    /** @param alone whether it refuses to run in a transaction */
    record Step(String sql, boolean alone) {}

    /**
     * What the catalog holds under the object's name.
     *
     * @param partitioned whether its table is, or the one that a foreign key points to
     * @param constraint whether it is valid; null where there is none
     * @param index the same
     */
    private record Found(
            boolean partitioned,
            @Nullable Boolean constraint,
            @Nullable Boolean index) {}

    private BuildSteps() {}

    /** @param waiting in one step, for which writers wait */
    static List<Step> of(Connection c, Plan plan, GatedObject o, boolean waiting) throws SQLException {
        String table = TargetNames.qualified(plan, o.table());
        Found found = find(c, table, o);
        List<Step> steps = new ArrayList<>();
        if (Boolean.TRUE.equals(found.constraint)) {
            return steps;
        }
        if (Boolean.FALSE.equals(found.constraint)) {
            steps.add(validate(table, o));
            return steps;
        }
        Matcher index = INDEX.matcher(o.sql());
        Matcher unique = UNIQUE.matcher(o.sql());
        if (index.matches() && Boolean.TRUE.equals(found.index)) {
            return steps;
        }
        if (Boolean.FALSE.equals(found.index) && !found.partitioned) {
            steps.add(dropIndex(plan, o));
        }
        String name = PgSql.name(o.name());
        if (waiting || found.partitioned) {
            steps.add(new Step(o.sql(), false));
        } else if (index.matches()) {
            String kind = index.group(1) == null ? "" : index.group(1);
            steps.add(new Step("CREATE " + kind + "INDEX CONCURRENTLY " + index.group(2), true));
        } else if (unique.matches() && !unique.group(2).contains(") ")) {
            if (!Boolean.TRUE.equals(found.index)) {
                steps.add(new Step(
                        "CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON " + table + " " + unique.group(2), true));
            }
            String deferrable = unique.group(3) == null ? "" : unique.group(3);
            steps.add(new Step(unique.group(1) + " UNIQUE USING INDEX " + name + deferrable, false));
        } else if (CHECKED.matcher(o.sql()).matches() && !o.sql().endsWith(" NOT VALID")) {
            steps.add(new Step(o.sql() + " NOT VALID", false));
            steps.add(validate(table, o));
        } else {
            steps.add(new Step(o.sql(), false));
        }
        return steps;
    }

    /** What takes away the remains of an attempt that failed. */
    static List<Step> undo(Connection c, Plan plan, GatedObject o) throws SQLException {
        String table = TargetNames.qualified(plan, o.table());
        Found found = find(c, table, o);
        List<Step> steps = new ArrayList<>();
        if (Boolean.FALSE.equals(found.constraint)) {
            steps.add(new Step("ALTER TABLE " + table + " DROP CONSTRAINT " + PgSql.name(o.name()), false));
        }
        if (Boolean.FALSE.equals(found.index) && !found.partitioned) {
            steps.add(dropIndex(plan, o));
        }
        return steps;
    }

    private static Step validate(String table, GatedObject o) {
        return new Step("ALTER TABLE " + table + " VALIDATE CONSTRAINT " + PgSql.name(o.name()), false);
    }

    private static Step dropIndex(Plan plan, GatedObject o) {
        return new Step("DROP INDEX CONCURRENTLY " + PgSql.name(TargetNames.schema(plan), o.name()), true);
    }

    private static Found find(Connection c, String table, GatedObject o) throws SQLException {
        Matcher references = Pattern.compile(" REFERENCES (.+?) ?\\(").matcher(o.sql());
        try (PreparedStatement s = c.prepareStatement("""
                SELECT EXISTS (SELECT FROM pg_class WHERE relkind = 'p' AND oid IN (to_regclass(?), to_regclass(?))),
                  (SELECT convalidated FROM pg_constraint WHERE conname = ? AND conrelid = to_regclass(?)),
                  (SELECT indisvalid FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
                   WHERE r.relname = ? AND i.indrelid = to_regclass(?))""")) {
            s.setString(1, table);
            s.setString(2, references.find() ? references.group(1) : table);
            s.setString(3, o.name());
            s.setString(4, table);
            s.setString(5, o.name());
            s.setString(6, table);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return new Found(r.getBoolean(1), flag(r, 2), flag(r, 3));
            }
        }
    }

    private static @Nullable Boolean flag(ResultSet r, int column) throws SQLException {
        boolean value = r.getBoolean(column);
        return r.wasNull() ? null : value;
    }
}
