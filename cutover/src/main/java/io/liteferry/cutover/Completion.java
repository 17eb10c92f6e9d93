package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.sink.schema.TargetGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** The end of a migration: the way back is given up, and what kept it open is removed. */
public final class Completion {
    private static final Duration BUSY = Duration.ofSeconds(10);

    private final Plan plan;
    private final PgConnections connections;

    /** @param plan of one source, with every address set */
    public Completion(Plan plan) {
        this.plan = plan;
        this.connections = PgConnections.of(plan.options());
    }

    /**
     * Removes the slot, the publication and the gate. The fence stays on the source, unless it is released: then nothing of
     * ours is left in the file, and it takes writes again that go nowhere.
     *
     * @return what was done, a line each
     * @throws LiteferryException {@link ErrorCode#CUTOVER_STATE} where the application does not write to PostgreSQL
     */
    public List<String> run(boolean releaseSource, boolean deleteTopics, String by) throws InterruptedException {
        try (Exclusive ignored = Exclusive.take(connections, plan.source());
                Journal journal = new Journal(connections, plan.source())) {
            if (Sides.of(plan, connections).writable() != Sides.Writable.POSTGRESQL) {
                throw new LiteferryException(
                        ErrorCode.CUTOVER_STATE,
                        "Completing the migration of " + plan.source()
                                + ": the application does not write to PostgreSQL. To give a migration up instead, stop the"
                                + " services and run liteferry uninstall.");
            }
            Journal.Run run = journal.begin(Journal.Kind.COMPLETE, by);
            run.note("requested", Map.of("release_source", releaseSource, "delete_topics", deleteTopics));
            List<String> done = new ArrayList<>();
            end();
            done.add("nothing is carried back to SQLite any more");
            try (Reverse reverse = Reverse.of(plan, connections, true)) {
                reverse.giveUp();
            }
            done.add("removed the replication slot and the publication");
            removeGate();
            done.add("removed the gate from the target's tables");
            if (releaseSource) {
                SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
                try (SourceFence source = SourceFence.release(file, BUSY, Map.of())) {
                    source.commit();
                }
                new SourceInstaller(plan).uninstall();
                done.add("took everything of ours out of " + file.path() + "; what is written there now goes nowhere");
            } else {
                done.add("left the fence on the source: a forgotten process cannot write there");
            }
            if (deleteTopics) {
                try (Admin admin = KafkaClients.of(plan.options()).admin("liteferry-complete")) {
                    done.add("deleted " + Topics.delete(admin, plan).size() + " topics");
                }
            }
            run.note("completed", Map.of("done", done));
            return done;
        }
    }

    /** From here on the reverse feed rests, and no rollback begins. */
    private void end() {
        try (Connection c = connections.open("liteferry-complete");
                PreparedStatement ps =
                        c.prepareStatement("UPDATE liteferry.applied SET state = 'complete' WHERE source = ?")) {
            ps.setString(1, plan.source());
            ps.executeUpdate();
            c.commit();
        } catch (SQLException e) {
            throw PgConnections.failure("Ending the reverse feed of " + plan.source(), e);
        }
    }

    private void removeGate() {
        try (Connection c = connections.open("liteferry-complete")) {
            new TargetGate(plan).remove(c);
            c.commit();
        } catch (SQLException e) {
            throw PgConnections.failure("Removing the gate of " + plan.source(), e);
        }
    }
}
