package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan.ByRange;
import io.liteferry.core.plan.PartitionPlan.Detached;
import io.liteferry.core.plan.PartitionPlan.Nulls;
import io.liteferry.core.plan.PartitionPlan.Period;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One id in two partitions, with all its columns equal: only the number of rows tells. */
class PartitionedTargetTest {
    @TempDir
    Path folder;

    private TwoSides filled(String partitions) throws SQLException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))));
        TwoSides sides = new TwoSides(folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), table);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
        sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
                + " INSERT INTO items SELECT i, 'n' || (i % 2) FROM n");
        sides.target(partitions);
        sides.target("INSERT INTO items SELECT i, 'n' || (i % 2) FROM generate_series(1, 30) i");
        sides.applied();
        assertThat(sides.pass("items").tally().count(RowVerdict.EQUAL)).isEqualTo(30);
        return sides;
    }

    @Test
    void findsTheIdInTheHashPartitionWhereItDoesNotBelong() throws SQLException {
        try (TwoSides sides = filled("CREATE TABLE items(id bigint PRIMARY KEY, name text) PARTITION BY HASH (id);"
                + " CREATE TABLE items_0 PARTITION OF items FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                + " CREATE TABLE items_1 PARTITION OF items FOR VALUES WITH (MODULUS 2, REMAINDER 1)")) {
            String oid = sides.targetValue("SELECT 'items'::regclass::oid");
            String id = sides.targetValue("SELECT max(id) FROM items_0");
            sides.target("ALTER TABLE items DETACH PARTITION items_1");
            sides.target("INSERT INTO items_1 SELECT * FROM items_0 WHERE id = " + id);
            // PostgreSQL believes a CHECK it takes for validated, and so does not look when the partition comes back.
            sides.target("ALTER TABLE items_1 ADD CONSTRAINT lie CHECK (satisfies_hash_partition('" + oid
                    + "'::oid, 2, 1, id)) NOT VALID");
            sides.target("UPDATE pg_constraint SET convalidated = true WHERE conname = 'lie'");
            sides.target("ALTER TABLE items_1 SET (fillfactor = 90)");
            sides.target("ALTER TABLE items ATTACH PARTITION items_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
            assertThat(sides.pass("items").told()).containsExactly("row_diff " + id + " [id]");
            // As the planner looks rows up in a large table.
            sides.target("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_hashjoin = off',"
                    + " current_database()); EXECUTE format('ALTER DATABASE %I SET enable_mergejoin = off',"
                    + " current_database()); END $$");
            assertThat(sides.pass("items").told()).containsExactly("row_diff " + id + " [id]");
        }
    }

    @Test
    void findsTheIdThatStandsInTwoPartitionsOfAnotherColumn() throws SQLException {
        try (TwoSides sides = filled("CREATE TABLE items(id bigint, name text) PARTITION BY LIST (name);"
                + " CREATE TABLE items_0 PARTITION OF items(PRIMARY KEY (id)) FOR VALUES IN ('n0');"
                + " CREATE TABLE items_1 PARTITION OF items(PRIMARY KEY (id)) FOR VALUES IN ('n1')")) {
            sides.target("INSERT INTO items VALUES (17, 'n0')");
            assertThat(sides.pass("items").told()).containsExactly("row_diff 17 [name]");
        }
    }

    private TwoSides byMonth(Nulls nulls) throws SQLException {
        TablePlan table = new TablePlan(
                "items",
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("at", TargetType.of(Kind.DATE)).withEncoding(Encoding.ISO8601)),
                Optional.of(new ByRange("at", Period.MONTH, 0, nulls, Detached.NOT_READY, 100)),
                List.of(),
                List.of(),
                0,
                true);
        TwoSides sides = new TwoSides(folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), table);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, at TEXT)");
        sides.source("INSERT INTO items VALUES (1, '2024-01-31'), (2, '2024-02-01'), (3, '2024-02-29')");
        sides.target("CREATE TABLE items(id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
                + " CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
                + " CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
                + " INSERT INTO liteferry.partition (source, table_name, parent, relation, name, holds) VALUES"
                + " ('shop', 'items', 'items'::regclass, 'items_1'::regclass, 'items_1', 'v >= ''2024-01-01''::date AND v < ''2024-02-01''::date'),"
                + " ('shop', 'items', 'items'::regclass, 'items_2'::regclass, 'items_2', 'v >= ''2024-02-01''::date AND v < ''2024-03-01''::date');"
                + " INSERT INTO items VALUES (1, '2024-01-31'), (2, '2024-02-01'), (3, '2024-02-29')");
        sides.applied();
        assertThat(sides.pass("items").tally().count(RowVerdict.EQUAL)).isEqualTo(3);
        return sides;
    }

    @Test
    void countsRowsOfADetachedPartitionApartAndNeverAsMissing() throws SQLException {
        try (TwoSides sides = byMonth(Nulls.QUARANTINE)) {
            sides.target("ALTER TABLE items DETACH PARTITION items_2");
            sides.target("DELETE FROM items WHERE id = 1");

            TwoSides.Outcome pass = sides.pass("items");

            assertThat(pass.told()).containsExactly("missing_target 1");
            assertThat(pass.tally().count(RowVerdict.DETACHED)).isEqualTo(2);
            sides.target("DROP TABLE items_2");
            assertThat(sides.pass("items").tally().count(RowVerdict.DETACHED)).isEqualTo(2);
            // Whoever makes a partition for them again wants the rows in it.
            sides.target("CREATE TABLE whole PARTITION OF items FOR VALUES FROM ('2024-02-01') TO ('2025-01-01')");
            assertThat(sides.pass("items").told())
                    .containsExactly("missing_target 1", "missing_target 2", "missing_target 3");
        }
    }

    @Test
    void findsTheIdThatStandsInTwoPartitionsOfATime() throws SQLException {
        try (TwoSides sides = byMonth(Nulls.QUARANTINE)) {
            sides.target("INSERT INTO items VALUES (2, '2024-01-01')");
            assertThat(sides.pass("items").told()).containsExactly("row_diff 2 [at]");
        }
    }

    @Test
    void readsMinusInfinityAsTheNullThatThePlanHasCarriedSo() throws SQLException {
        try (TwoSides sides = byMonth(Nulls.MINUS_INFINITY)) {
            sides.target("CREATE TABLE items_null PARTITION OF items FOR VALUES FROM (MINVALUE) TO ('2000-01-01')");
            sides.target("INSERT INTO items VALUES (4, '-infinity'), (5, '-infinity')");
            sides.source("INSERT INTO items VALUES (4, NULL), (5, '1999-12-31')");
            sides.applied();
            assertThat(sides.pass("items").told()).containsExactly("row_diff 5 [at]");
        }
    }

    @Test
    void doesNotReadMinusInfinityAsNullWhereThePlanSaysNothingOfIt() throws SQLException {
        try (TwoSides sides = byMonth(Nulls.QUARANTINE)) {
            sides.target("CREATE TABLE items_null PARTITION OF items FOR VALUES FROM (MINVALUE) TO ('2000-01-01')");
            sides.target("INSERT INTO items VALUES (4, '-infinity')");
            sides.source("INSERT INTO items VALUES (4, NULL)");
            sides.applied();
            assertThat(sides.pass("items").told()).containsExactly("row_diff 4 [at]");
        }
    }
}
