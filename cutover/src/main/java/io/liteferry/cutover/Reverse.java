package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.reverse.ReplicationSlot;
import io.liteferry.cutover.reverse.ReversePosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What keeps the way back open: a slot made before the pause and moved past the last forward write inside it. */
final class Reverse implements AutoCloseable {
    private static final Duration READER_LEAVES = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 50;

    private final @Nullable Connection connection;
    private final ReplicationSlot slot;

    private Reverse(@Nullable Connection connection, ReplicationSlot slot) {
        this.connection = connection;
        this.slot = slot;
    }

    /** @param wanted whether a rollback is to stay possible; otherwise nothing here does anything */
    static Reverse of(Plan plan, PgConnections connections, boolean wanted) {
        return new Reverse(wanted ? connections.open("liteferry-slot") : null, new ReplicationSlot(plan));
    }

    void prepare() {
        if (connection != null) {
            slot.create(connection);
        }
    }

    void advance() {
        if (connection != null) {
            slot.advance(connection);
        }
    }

    /** Inside the pause: nothing of the forward path is carried back, whatever the topic holds of an earlier time. */
    void beginAt(SourceFence fence) {
        if (connection != null) {
            long lsn = slot.advance(connection);
            fence.write(sqlite -> ReversePosition.begin(sqlite, lsn));
        }
    }

    /** A slot that nobody reads would fill PostgreSQL's disk. Its reader leaves by itself once the state has changed. */
    void giveUp() throws InterruptedException {
        if (connection != null) {
            long deadline = System.nanoTime() + READER_LEAVES.toNanos();
            while (slot.health(connection).active() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            slot.drop(connection);
        }
    }

    /** Tables of ours in the source that the reverse feed needs, made inside the fence. */
    List<String> sourceTables() {
        return connection == null ? List.of() : ReversePosition.tables();
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw PgConnections.failure("Closing the connection to the slot", e);
            }
        }
    }
}
