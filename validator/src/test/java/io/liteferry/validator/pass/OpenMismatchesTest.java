package io.liteferry.validator.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Comparison;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenMismatchesTest {
    @TempDir
    Path folder;

    private static TablePlan table(String name) {
        return TablePlan.simple(
                name,
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull()));
    }

    /** A thousand keys that nothing can be said of must not keep the others from being looked at. */
    @Test
    void closesAMismatchBehindThoseOfASuspendedTable() throws SQLException {
        try (TwoSides sides = new TwoSides(folder, Map.of(), table("stuck"), table("items"))) {
            for (String t : List.of("stuck", "items")) {
                sides.source("CREATE TABLE " + t + "(id INTEGER PRIMARY KEY)");
                sides.source("INSERT INTO " + t + " VALUES (6)");
                sides.target("CREATE TABLE " + t + "(id bigint PRIMARY KEY)");
                sides.target("INSERT INTO " + t + " VALUES (6)");
            }
            sides.progress("stuck", TableProgress.pending(1).suspended("triggers are gone"));
            sides.applied();
            sides.target("INSERT INTO liteferry.validation_mismatch (source, table_name, key, key_text, kind, columns,"
                    + " found_at, last_seen_at) SELECT 'shop', CASE WHEN i = 0 THEN 'items' ELSE 'stuck' END, '\\x010c',"
                    + " '6', 'row_diff', '{}', now() - i * interval '1 s', now() - i * interval '1 s'"
                    + " FROM generate_series(0, 1500) i");
            try (Comparison both = sides.comparison();
                    ResultStore store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME)) {
                OpenMismatches mismatches = new OpenMismatches(sides.plan, both, store, Clock.systemUTC());
                mismatches.look();
                mismatches.look();
            }
            assertThat(sides.targetValue("SELECT count(*) FROM liteferry.validation_mismatch"
                            + " WHERE table_name = 'items' AND verified_at IS NOT NULL"))
                    .isEqualTo("1");
        }
    }

    /** A key may be longer than an entry of PostgreSQL's index. */
    @Test
    void keepsAndClosesAMismatchWhoseKeyIsTooLongForAnIndex() throws SQLException {
        TablePlan docs = TablePlan.simple(
                "docs",
                KeyPlan.primaryKey("k"),
                List.of(ColumnPlan.plain("k", TargetType.of(Kind.TEXT))
                        .notNull()
                        .comparedByBytes()));
        try (TwoSides sides = new TwoSides(folder, Map.of(), docs)) {
            sides.source("CREATE TABLE docs(k TEXT PRIMARY KEY NOT NULL)");
            sides.source("INSERT INTO docs VALUES (hex(randomblob(4000)))");
            sides.target("CREATE TABLE docs(k text COLLATE \"C\")");
            sides.applied();
            try (Comparison both = sides.comparison();
                    ResultStore store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME)) {
                String open = "SELECT count(*) FROM liteferry.validation_mismatch WHERE verified_at IS NULL";
                store.found(
                        "docs", sides.pass("docs").findings(), Clock.systemUTC().instant());
                store.found(
                        "docs", sides.pass("docs").findings(), Clock.systemUTC().instant());
                assertThat(sides.targetValue(open)).isEqualTo("1");
                sides.source("DELETE FROM docs");
                new OpenMismatches(sides.plan, both, store, Clock.systemUTC()).look();
                assertThat(sides.targetValue(open)).isEqualTo("0");
            }
        }
    }
}
