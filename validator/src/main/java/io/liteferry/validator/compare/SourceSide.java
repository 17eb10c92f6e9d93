package io.liteferry.validator.compare;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.sqlite.ReadTime;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The SQLite side: one connection, short read transactions taken in turn with capture. Every read first holds the log
 * against the applied position, then collects the keys in flight, then does the caller's work, all in one snapshot.
 */
final class SourceSide implements AutoCloseable {
    private final SqliteFile file;
    private final boolean logged;
    private final long maxMillis;
    private final Connection connection;
    private final LongAdder turnsMissed;
    private final ReadTime time;
    private final @Nullable ReadTurn turn;
    private final boolean utf16;
    private final SqliteFile.Identity identity;
    private final Map<String, SourceShape> shapes = new HashMap<>();
    private ReadTurn.@Nullable Held held;
    private boolean open;

    /** @param logged false where the file has no change log of ours: then nothing is in flight, and nobody else takes turns */
    SourceSide(SqliteFile file, long maxMillis, LongAdder turnsMissed, boolean logged) {
        this.file = file;
        this.logged = logged;
        this.turnsMissed = turnsMissed;
        this.maxMillis = maxMillis;
        this.identity = file.identity();
        this.connection = file.openReader();
        try {
            this.turn = logged ? new ReadTurn(file) : null;
            this.utf16 = RowReader.isUtf16(connection);
            this.time = new ReadTime(connection, maxMillis);
        } catch (IOException e) {
            close(connection, e);
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Making the turn file beside " + file.path() + ": " + e
                            + ". The folder must be writable for the application's user.",
                    e);
        } catch (SQLException e) {
            close(connection, e);
            throw file.failure("Reading the encoding of " + file.path(), e);
        }
    }

    private static void close(Connection connection, Exception failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** What a caller does inside a read transaction. */
    interface Work<T> {
        T read(SourceSnapshot snapshot) throws SQLException, NotComparableException;
    }

    /** What a caller does inside a read transaction with more than one table. */
    interface WholeWork<T> {
        T read(SourceTransaction transaction) throws SQLException, NotComparableException;
    }

    /**
     * @param applied read in PostgreSQL's snapshot, which was taken before this
     * @throws NotComparableException where the log does not continue from {@code applied}
     */
    <T> T read(TableLayout layout, AppliedPosition applied, Work<T> work) throws NotComparableException {
        return read("table " + layout.name(), applied, t -> work.read(t.table(layout)));
    }

    /**
     * Takes a snapshot, which holds until {@link #end()}: for a target that is read after it.
     *
     * @return how far the source is behind the target that is written; empty where nothing was carried back yet
     */
    Optional<FeedPosition> begin() throws NotComparableException {
        end();
        return on("the reverse position", () -> {
            start();
            return FeedPosition.read(connection);
        });
    }

    /** Ends what {@link #begin()} began. */
    void end() {
        boolean ending = open;
        open = false;
        try (ReadTurn.Held h = held;
                Statement s = connection.createStatement()) {
            held = null;
            if (ending) {
                s.execute("COMMIT");
            }
        } catch (SQLException e) {
            throw file.failure("Ending a read transaction on " + file.path(), e);
        } catch (IOException e) {
            throw turnBroken(e);
        }
    }

    private void start() throws SQLException, IOException, InterruptedException {
        ReadTurn.Held h = turn == null ? null : turn.take(2 * maxMillis);
        held = h;
        if (h != null && !h.taken()) {
            turnsMissed.increment();
        }
        if (!file.identity().equals(identity)) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_REPLACED,
                    "Reading " + file.path()
                            + ": another file stands at the path than at the start. Find out who replaced it; restart the services on the right file.");
        }
        try (Statement s = connection.createStatement()) {
            s.execute("BEGIN");
            open = true;
        }
    }

    /**
     * Reads in the snapshot that was begun, or else in one of its own.
     *
     * @param what is read, for errors
     * @param applied read in PostgreSQL's snapshot; taken before the source's, where that is not begun yet
     * @throws NotComparableException where the log does not continue from {@code applied}
     */
    <T> T read(String what, AppliedPosition applied, WholeWork<T> work) throws NotComparableException {
        boolean begun = open;
        try {
            return on(what, () -> {
                if (!begun) {
                    start();
                }
                SourceTransaction transaction =
                        new SourceTransaction(connection, applied, logged, utf16, shapes, time, begun);
                ReadTurn.Held h = held;
                if (h != null) {
                    time.gapAfter(h);
                }
                return work.read(transaction);
            });
        } finally {
            if (!begun) {
                end();
            }
        }
    }

    private interface Step<T> {
        T take() throws SQLException, IOException, InterruptedException, NotComparableException;
    }

    private <T> T on(String what, Step<T> step) throws NotComparableException {
        try {
            return step.take();
        } catch (SQLException e) {
            throw file.failure("Reading " + what + " to compare it", e);
        } catch (IOException e) {
            throw turnBroken(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LiteferryException(ErrorCode.VALIDATION_READ_FAILED, "Reading " + what + " was interrupted.", e);
        }
    }

    private LiteferryException turnBroken(IOException e) {
        return new LiteferryException(
                ErrorCode.SOURCE_NOT_READABLE, "Taking turns on " + file.path() + ": " + e + ". Check the disk.", e);
    }

    @Override
    public void close() {
        try (ReadTurn t = turn;
                Connection c = connection) {
            // both are closed, whichever fails
        } catch (IOException | SQLException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_ERROR, "Closing " + file.path() + ": " + e.getMessage() + ".", e);
        }
    }
}
