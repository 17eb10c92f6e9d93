package io.liteferry.sink.schema;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Secondary constraints and indexes of tables that the application's own migrations have made: taken off before the load,
 * put back by their own definitions once all tables stream. A foreign key comes back as it is while streaming (no
 * action, checked at commit); its own definition stays recorded beside it.
 */
final class OwnDefinitions {
    static final String TABLE = """
            CREATE TABLE IF NOT EXISTS liteferry.own_definition (source text NOT NULL, table_name text NOT NULL,
             name text NOT NULL, kind "char" NOT NULL, definition text NOT NULL, streaming text NOT NULL,
             taken_off_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (source, table_name, name))""";

    private final Plan plan;

    OwnDefinitions(Plan plan) {
        this.plan = plan;
    }

    /** Foreign keys first: a unique constraint cannot go while one points to it. */
    void takeOff(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(TABLE);
        }
        for (String kinds : List.of("f", "uxc", "i")) {
            for (TablePlan t : plan.tables()) {
                if (!t.made()) {
                    takeOff(c, t, kinds);
                }
            }
        }
    }

    private void takeOff(Connection c, TablePlan t, String kinds) throws SQLException {
        List<String> drops = new ArrayList<>();
        try (PreparedStatement find = c.prepareStatement("""
                        SELECT name, kind, definition, streaming FROM (
                          SELECT conname::text AS name, contype::text AS kind,
                            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                                   pg_get_constraintdef(oid)) AS definition,
                            CASE WHEN contype = 'f' THEN
                              format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s (%s)'
                                     || ' DEFERRABLE INITIALLY DEFERRED', conrelid::regclass, conname,
                                (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM unnest(conkey)
                                   WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.att),
                                confrelid::regclass,
                                (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM unnest(confkey)
                                   WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.att))
                            ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                                   pg_get_constraintdef(oid)) END AS streaming
                          FROM pg_constraint
                          WHERE conrelid = ?::regclass AND contype IN ('f', 'u', 'x', 'c') AND conparentid = 0
                          UNION ALL
                          SELECT r.relname::text, 'i', pg_get_indexdef(i.indexrelid), pg_get_indexdef(i.indexrelid)
                          FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
                          WHERE i.indrelid = ?::regclass AND NOT i.indisprimary
                            AND NOT EXISTS (SELECT 1 FROM pg_constraint p WHERE p.conindid = i.indexrelid AND p.contype IN ('p', 'u', 'x'))
                        ) d
                        WHERE strpos(?, kind) > 0 AND name <> ALL (?)""");
                PreparedStatement keep = c.prepareStatement(
                        "INSERT INTO liteferry.own_definition (source, table_name, name, kind, definition, streaming)"
                                + " VALUES (?, ?, ?, ?::\"char\", ?, ?) ON CONFLICT DO NOTHING")) {
            find.setString(1, TargetNames.qualified(plan, t));
            find.setString(2, TargetNames.qualified(plan, t));
            find.setString(3, kinds);
            find.setArray(4, c.createArrayOf("text", keyIndexes(c, t).toArray()));
            try (ResultSet r = find.executeQuery()) {
                while (r.next()) {
                    keep.setString(1, plan.source());
                    keep.setString(2, t.source());
                    keep.setString(3, r.getString("name"));
                    keep.setString(4, r.getString("kind"));
                    keep.setString(5, r.getString("definition"));
                    keep.setString(6, r.getString("streaming"));
                    keep.executeUpdate();
                    String name = PgSql.name(r.getString("name"));
                    drops.add(
                            r.getString("kind").equals("i")
                                    ? "DROP INDEX " + PgSql.name(TargetNames.schema(plan)) + "." + name
                                    : "ALTER TABLE " + TargetNames.qualified(plan, t) + " DROP CONSTRAINT " + name);
                }
            }
        }
        try (Statement s = c.createStatement()) {
            for (String drop : drops) {
                s.execute(drop);
            }
        }
    }

    /** The unique index our upserts go by is no secondary one, whatever it is called. */
    private List<String> keyIndexes(Connection c, TablePlan t) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT r.relname FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
                WHERE i.indrelid = ?::regclass AND i.indisunique AND i.indimmediate AND i.indpred IS NULL
                AND i.indexprs IS NULL
                AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
                     WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
                  = (SELECT array_agg(k ORDER BY k COLLATE "C") FROM unnest(?::text[]) k)""")) {
            s.setString(1, TargetNames.qualified(plan, t));
            s.setArray(2, c.createArrayOf("text", t.uniqueKey().toArray()));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    names.add(r.getString(1));
                }
            }
        }
        return names;
    }

    static boolean areThere(Connection c) throws SQLException {
        try (PreparedStatement there =
                        c.prepareStatement("SELECT to_regclass('liteferry.own_definition') IS NOT NULL");
                ResultSet r = there.executeQuery()) {
            return r.next() && r.getBoolean(1);
        }
    }

    /** What has to come back, by table. */
    static List<GatedObject> read(Connection c, Plan plan) throws SQLException {
        List<GatedObject> objects = new ArrayList<>();
        if (!areThere(c)) {
            return objects;
        }
        try (PreparedStatement s = c.prepareStatement("""
                SELECT table_name, name, streaming FROM liteferry.own_definition WHERE source = ?
                ORDER BY kind = 'f', kind = 'i' DESC, table_name, name""")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    String sql = r.getString("streaming");
                    String name = r.getString("name");
                    plan.table(r.getString("table_name")).ifPresent(t -> objects.add(new GatedObject(t, name, sql)));
                }
            }
        }
        return objects;
    }
}
