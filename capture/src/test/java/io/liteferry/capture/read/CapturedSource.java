package io.liteferry.capture.read;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A source, its capture and a replica of it; one mechanism of capture can be taken away to see what it is for. */
final class CapturedSource implements AutoCloseable {
    final SourceFixture source;
    private final boolean verified;
    private @Nullable Plan plan;
    private @Nullable Replica replica;
    private @Nullable BatchReader reader;

    CapturedSource(Path file) throws Exception {
        this(file, true);
    }

    /** @param verified false does not look whether the triggers are ours and complete: for what takes one of them away */
    CapturedSource(Path file, boolean verified) throws Exception {
        this.source = new SourceFixture(file);
        this.verified = verified;
    }

    /** Installs, and carries what is there. */
    CapturedSource capture() throws Exception {
        plan = source.plan("m");
        new SourceInstaller(plan()).install();
        replica = new Replica(plan());
        open(Optional.empty());
        return this;
    }

    void open(Optional<AppliedPosition> from) throws Exception {
        BatchReader open = new BatchReader(
                plan(),
                Clock.systemUTC(),
                StartPoint.claim(new SqliteFile(source.path()), plan(), from),
                verified ? InstalledLog::problem : (log, table, now) -> Optional.empty());
        reader = open;
        CaptureFuzzTest.drain(open, replica());
    }

    /** Takes one of our triggers away. */
    void dropTrigger(String trigger) throws SQLException {
        source.sql("DROP TRIGGER " + Sql.name(trigger));
    }

    /** Makes one of our triggers again with another text. */
    void rewriteTrigger(String trigger, UnaryOperator<String> change) throws SQLException {
        TriggerMutants.rewrite(source.connection(), trigger, before -> {
            String after = change.apply(before);
            if (after.equals(before)) {
                throw new AssertionError("the mutant changes nothing of " + before);
            }
            return after;
        });
    }

    /** What the target would hold wrongly once everything that was logged is carried. */
    List<String> differences(String... writes) throws Exception {
        source.sql(writes);
        CaptureFuzzTest.drain(reader(), replica());
        return replica().differences(source.connection());
    }

    /** A statement that a trigger may end with an error, and that keeps what it did. */
    void attempt(String sql) {
        try {
            source.sql(sql);
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("CONSTRAINT")) {
                throw new AssertionError(e);
            }
        }
    }

    String text(String sql) throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            rs.next();
            return String.valueOf(rs.getString(1));
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    TableProgress progress(String table) {
        return Objects.requireNonNull(end().tables().get(table));
    }

    BatchEnd end() {
        return Objects.requireNonNull(replica().last());
    }

    AppliedPosition applied() {
        return end().applied();
    }

    Plan plan() {
        return Objects.requireNonNull(plan);
    }

    Replica replica() {
        return Objects.requireNonNull(replica);
    }

    BatchReader reader() {
        return Objects.requireNonNull(reader);
    }

    @Override
    public void close() throws SQLException {
        if (reader != null) {
            reader.close();
        }
        source.close();
    }
}
