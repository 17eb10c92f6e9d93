package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress.State;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is carried by its rowid may lose every column that the migration file names, one after the other. */
class EveryColumnReplacedTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theNewColumnsAreCarriedWhereAllOldOnesAreGone() throws Exception {
        try (CapturedSource s = captured("CREATE TABLE t(a, b)", "a", "b")) {
            assertThat(s.differences(
                            "ALTER TABLE t ADD COLUMN c",
                            "ALTER TABLE t ADD COLUMN d",
                            "ALTER TABLE t ADD COLUMN e",
                            "ALTER TABLE t DROP COLUMN a",
                            "ALTER TABLE t DROP COLUMN b",
                            "INSERT INTO t VALUES (3, 4, 5)"))
                    .isEmpty();
            assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
        }
    }

    @Test
    void aTableWithoutAnyColumnOfTheMigrationFileWaitsForAPerson() throws Exception {
        try (CapturedSource s = captured("CREATE TABLE t(a, left_out)", "a")) {
            s.differences("ALTER TABLE t DROP COLUMN a", "INSERT INTO t VALUES (3)");
            assertThat(s.progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(s.progress("t").reason()).contains("table t", "no column of the migration file is left");
        }
    }

    private CapturedSource captured(String ddl, String... columns) throws Exception {
        CapturedSource s = new CapturedSource(folder.resolve("app.db"));
        s.source.sql(ddl, "INSERT INTO t VALUES (1, 2)").table("t", List.of(), columns);
        return s.capture();
    }
}
