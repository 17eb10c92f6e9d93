package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S22: what no trigger sees is hinted at, and what has another explanation is not. */
class CommitWitnessTest {
    private static final String[] UNSEEN = {
        "CREATE TEMP TRIGGER quiet AFTER INSERT ON main.t BEGIN SELECT RAISE(IGNORE); END",
        "INSERT INTO t VALUES (9, 'unseen')",
        "DROP TRIGGER quiet"
    };

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private CapturedSource s;

    @BeforeEach
    void capture() throws Exception {
        s = new CapturedSource(folder.resolve("app.db"));
        s.source.twoRows();
    }

    @AfterEach
    void close() throws Exception {
        s.close();
    }

    @Test
    @DisplayName("a commit that fired no trigger of ours is counted, once")
    void aCommitThatFiredNoTriggerIsCounted() throws Exception {
        s.capture();
        assertThat(s.reader().unexplainedCommits()).isZero();
        assertThat(s.differences(UNSEEN))
                .containsExactly("t lost " + s.replica().key(9));
        assertThat(s.reader().unexplainedCommits()).isEqualTo(1);
        s.differences("UPDATE t SET v = 'seen' WHERE id = 2");
        s.differences();
        assertThat(s.reader().unexplainedCommits()).isEqualTo(1);
    }

    @Test
    @DisplayName("so it is outside of WAL")
    void aCommitThatFiredNoTriggerIsCountedOutsideOfWal() throws Exception {
        s.source.sql("PRAGMA journal_mode = DELETE");
        s.capture();
        s.differences("UPDATE t SET v = 'seen' WHERE id = 2");
        assertThat(s.reader().unexplainedCommits()).isZero();
        s.differences(UNSEEN);
        assertThat(s.reader().unexplainedCommits()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "L16: checkpoints, rollbacks, statements that change nothing, DDL and logged writes move nothing unexplained")
    void whatHasAnExplanationIsNotCounted() throws Exception {
        s.capture();
        for (String sql : List.of(
                "UPDATE t SET v = 'seen' WHERE id = 2",
                "UPDATE t SET v = 'nothing' WHERE id = 99",
                "BEGIN",
                "DELETE FROM t",
                "ROLLBACK",
                "CREATE INDEX i ON t(v)",
                "VACUUM",
                "ANALYZE",
                // From here on a checkpoint explains everything for a second.
                "PRAGMA wal_checkpoint(PASSIVE)",
                "UPDATE t SET v = 'seen' WHERE id = 1",
                "PRAGMA wal_checkpoint(FULL)",
                "UPDATE t SET v = 'again' WHERE id = 1",
                "PRAGMA wal_checkpoint(RESTART)",
                "UPDATE t SET v = 'and again' WHERE id = 1",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "UPDATE t SET v = 'last' WHERE id = 1")) {
            s.source.sql(sql);
            s.reader().next(0).ifPresent(s.replica()::take);
            assertThat(s.reader().unexplainedCommits()).as(sql).isZero();
        }
    }

    @Test
    @DisplayName("where the application has tables beside the plan's, nothing is suspected")
    void nothingIsSuspectedBesideTablesThatAreNotPlanned() throws Exception {
        s.source.sql("CREATE TABLE sessions(id INTEGER PRIMARY KEY)");
        s.capture();
        s.differences("INSERT INTO sessions VALUES (1)");
        s.differences(UNSEEN);
        assertThat(s.reader().unexplainedCommits()).isZero();
    }
}
