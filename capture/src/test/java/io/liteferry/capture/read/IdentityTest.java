package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which the file stops being the one that was captured ends capture, with the command that goes on. */
class IdentityTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private CapturedSource s;

    @BeforeEach
    void capture() throws Exception {
        s = new CapturedSource(folder.resolve("app.db"));
        s.source.twoRows();
        s.capture();
    }

    @AfterEach
    void close() throws Exception {
        s.close();
    }

    /** A backup of the file as it is, made by SQLite. */
    private Path backup() throws Exception {
        Path backup = folder.resolve("backup.db");
        s.source.sql("VACUUM INTO '" + backup + "'");
        return backup;
    }

    private void restoreOverTheLiveFile(Path backup) throws Exception {
        s.source.sql("restore from '" + backup + "'");
    }

    @Test
    @DisplayName("S22, L12: a backup that is restored over the live file breaks the position")
    void aRestoredBackupBreaksThePosition() throws Exception {
        Path backup = backup();
        s.differences("INSERT INTO t VALUES (3, 'after the backup')");
        restoreOverTheLiveFile(backup);
        breaks(() -> s.differences(), ErrorCode.POSITION_BROKEN, "--restart");
        breaks(() -> s.open(Optional.of(s.applied())), ErrorCode.POSITION_BROKEN, "--restart");
    }

    @Test
    @DisplayName("L12: so it does where new writes have passed our position again")
    void aRestoredBackupBreaksThePositionAlsoBehindNewWrites() throws Exception {
        Path backup = backup();
        s.differences("INSERT INTO t VALUES (3, 'after the backup')");
        restoreOverTheLiveFile(backup);
        s.source.sql("INSERT INTO t VALUES (3, 'another'), (4, 'more'), (5, 'than there was')");
        assertThat(s.number("SELECT count(*) FROM _liteferry_log WHERE seq = "
                        + s.end().position().seq()))
                .as("a bare number would go on here")
                .isEqualTo(1);
        breaks(() -> s.differences(), ErrorCode.POSITION_BROKEN, "--restart");
    }

    @Test
    @DisplayName("L12: a restored file whose position still stands is the same history, and goes on")
    void aBackupOfThePositionGoesOn() throws Exception {
        Path backup = backup();
        restoreOverTheLiveFile(backup);
        assertThat(s.differences("UPDATE t SET v = 'on' WHERE id = 1")).isEmpty();
    }

    @Test
    @DisplayName("L12: a restored file that has fallen back behind the target's epoch claims one above it")
    void aRestoredFileClaimsAnEpochAboveTheTargets() throws Exception {
        Path backup = backup();
        s.reader().close();
        s.open(Optional.of(s.applied()));
        s.differences("CREATE TABLE told_of_in_the_second_epoch(x)");
        long seen = s.end().position().epoch();
        restoreOverTheLiveFile(backup);
        assertThat(s.number("SELECT epoch FROM _liteferry_meta")).isLessThan(seen);
        assertThat(StartPoint.claim(new SqliteFile(s.source.path()), s.plan(), Optional.of(s.applied()))
                        .position()
                        .epoch())
                .isEqualTo(seen + 1);
    }

    @Test
    @DisplayName("L13: tables emptied to the last, ours among them, break the position, and apply says how to go on")
    void emptiedTablesBreakThePosition() throws Exception {
        s.source.sql(
                "DELETE FROM t",
                "DELETE FROM _liteferry_log",
                "DELETE FROM _liteferry_meta",
                "DELETE FROM _liteferry_tables",
                "INSERT INTO t VALUES (1, 'a fixture')");
        breaks(() -> s.differences(), ErrorCode.POSITION_BROKEN, "--restart");
        breaks(() -> new SourceInstaller(s.plan()).install(), ErrorCode.POSITION_BROKEN, "--restart");
        restart(s.end().position().epoch());
        assertThat(s.differences()).containsExactly("t phantom " + s.replica().key(2));
        assertThat(s.end().consistent()).isTrue();
    }

    @Test
    @DisplayName("L13: a log of another identity is another log, whatever its rows")
    void anotherIdentityIsAnotherLog() throws Exception {
        s.source.sql("UPDATE _liteferry_meta SET identity = 'another'");
        breaks(() -> s.differences(), ErrorCode.POSITION_BROKEN, "--restart");
        // The claim itself: a reader that it let through would end at its first look anyway, with the epoch claimed.
        breaks(
                () -> StartPoint.claim(new SqliteFile(s.source.path()), s.plan(), Optional.of(s.applied())),
                ErrorCode.POSITION_BROKEN,
                "--restart");
    }

    @Test
    @DisplayName("L14: a log emptied of all its rows begins again at 1, which is seen")
    void anEmptiedLogIsSeen() throws Exception {
        s.differences("INSERT INTO t VALUES (3, 'c')");
        s.source.sql("DELETE FROM _liteferry_log", "UPDATE t SET v = 'x'", "UPDATE t SET v = 'y'");
        breaks(() -> s.differences(), ErrorCode.POSITION_BROKEN, "--restart");
    }

    @Test
    @DisplayName(
            "L12: a file moved over ours is seen within a heartbeat, and not taken at the start before somebody says so")
    void aFileMovedThereIsNotTakenUnasked() throws Exception {
        Path backup = backup();
        s.source.close();
        Files.move(backup, s.source.path(), StandardCopyOption.REPLACE_EXISTING);
        breaks(() -> s.reader().next(10_000), ErrorCode.SOURCE_REPLACED, "--accept-file");
        breaks(() -> s.open(Optional.of(s.applied())), ErrorCode.SOURCE_REPLACED, "--accept-file");
        new SourceInstaller(s.plan()).accept();
        s.open(Optional.of(s.applied()));
        assertThat(s.end().consistent()).isTrue();
    }

    @Test
    @DisplayName("a copy is refused while nobody has said that it is the file now, and has epochs of its own then")
    void aCopyIsRefused() throws Exception {
        Path copy = backup();
        Plan plan = s.plan().withOptions(s.plan().options().with(Options.DATABASE_FILE_PATH, copy.toString()));
        SqliteFile file = new SqliteFile(copy);
        breaks(
                () -> StartPoint.claim(file, plan, Optional.of(s.applied())),
                ErrorCode.SOURCE_REPLACED,
                "--accept-file");
        new SourceInstaller(plan).accept();
        new SourceInstaller(plan).accept();
        long epoch = StartPoint.claim(file, plan, Optional.of(s.applied()))
                .position()
                .epoch();
        assertThat(epoch).isEqualTo(s.end().position().epoch() + 1_001);
    }

    @Test
    @DisplayName("L15: a copy of the file without its -wal, which lacks commits, is not taken, whoever accepts it")
    void aCopyWithoutItsWalIsRefused() throws Exception {
        s.source.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        s.differences("INSERT INTO t VALUES (3, 'in the -wal only')");
        Path copy = folder.resolve("copy.db");
        // Another process: this one would drop the locks of its own connections.
        assertThat(new ProcessBuilder("cp", s.source.path().toString(), copy.toString())
                        .start()
                        .waitFor())
                .isZero();
        Plan plan = s.plan().withOptions(s.plan().options().with(Options.DATABASE_FILE_PATH, copy.toString()));
        SqliteFile file = new SqliteFile(copy);
        breaks(
                () -> StartPoint.claim(file, plan, Optional.of(s.applied())),
                ErrorCode.SOURCE_REPLACED,
                "--accept-file");
        new SourceInstaller(plan).accept();
        breaks(() -> StartPoint.claim(file, plan, Optional.of(s.applied())), ErrorCode.POSITION_BROKEN, "--restart");
    }

    @Test
    @DisplayName("where both copies are captured, the first is ended by what the target says the second has done")
    void theCaptureOfTheOtherCopyIsEnded() throws Exception {
        s.reader().applied(s.end().position().epoch());
        assertThat(s.differences("INSERT INTO t VALUES (3, 'ours')")).isEmpty();
        s.reader().applied(s.end().position().epoch() + 1_001);
        breaks(() -> s.differences(), ErrorCode.EPOCH_LOST, "copy");
    }

    @Test
    @DisplayName("a successor in this very file is told from a copy")
    void aSuccessorInThisFileIsNoCopy() throws Exception {
        StartPoint.claim(new SqliteFile(s.source.path()), s.plan(), Optional.of(s.applied()));
        s.reader().applied(s.end().position().epoch() + 1);
        assertThatThrownBy(() -> s.differences()).hasMessageContaining("LF-203").hasMessageNotContaining("copy");
    }

    @Test
    @DisplayName("S22: a log begun again carries every row as it is, in epochs above all that were used")
    void aLogBegunAgainCarriesEveryRow() throws Exception {
        Path backup = backup();
        s.differences("INSERT INTO t VALUES (3, 'after the backup')", "UPDATE t SET v = 'new' WHERE id = 1");
        restoreOverTheLiveFile(backup);
        s.source.sql("UPDATE t SET v = 'restored and written to' WHERE id = 2");
        Position begin = restart(7);
        assertThat(begin.epoch()).isEqualTo(1_007);
        assertThat(s.differences()).containsExactly("t phantom " + s.replica().key(3));
        assertThat(s.end().position().epoch()).isEqualTo(1_008);
        assertThat(s.end().position().logIdentity()).isEqualTo(begin.logIdentity());
    }

    private Position restart(long above) throws Exception {
        s.reader().close();
        Position begin = new SourceInstaller(s.plan()).restart(above);
        s.open(Optional.of(new AppliedPosition(begin, 0, 0, Map.of("t", TableProgress.pending(2)), false)));
        return begin;
    }

    private static void breaks(ThrowingCallable work, ErrorCode code, String command) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(command);
    }
}
