package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Constraints as the application is to find them after the switch, where streaming needs them otherwise. What takes long is
 * done beside the stream, before the switch and after it; the switch itself only changes the catalogue.
 */
public final class ApplicationForm {
    private static final String APPLICATION = "liteferry-switch";

    private final Plan plan;
    private final ForeignKeyForms foreignKeys;
    private final UniqueForms uniques;

    /** @param plan of one source, with the columns that the target has */
    public ApplicationForm(Plan plan) {
        this.plan = plan;
        foreignKeys = new ForeignKeyForms(plan);
        uniques = new UniqueForms(plan);
    }

    @FunctionalInterface
    private interface Work {
        void with(Connection c) throws SQLException;
    }

    /**
     * Builds what the switch puts in place; does nothing where it stands.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_REFUSED}
     */
    public void prepare(PgConnections direct) {
        alone(direct, "Building the unique indexes of the application for " + plan.source(), uniques::prepare);
    }

    /** Takes away what was built, for a switch that is not to be. */
    public void unprepare(PgConnections direct) {
        alone(direct, "Removing the unique indexes built for the switch of " + plan.source(), uniques::unprepare);
    }

    /** After the switch: PostgreSQL looks at the rows under foreign keys that were put in place without. */
    public void validate(PgConnections direct) {
        alone(direct, "Validating the foreign keys of " + plan.source(), c -> {
            c.setAutoCommit(false);
            foreignKeys.validate(c);
        });
    }

    private static void alone(PgConnections direct, String tried, Work work) {
        try (Connection c = direct.open(APPLICATION)) {
            direct.demandDirect(c, tried);
            c.rollback();
            c.setAutoCommit(true);
            c.setNetworkTimeout(Runnable::run, 0);
            work.with(c);
        } catch (SQLException e) {
            throw PgConnections.failure(tried, e);
        }
    }

    /** Puts all in place, in the transaction of the switch. */
    public void take(Connection c, Duration atMost) throws SQLException {
        Set<String> touched = foreignKeys.touched(c);
        touched.addAll(uniques.touched(c));
        if (!touched.isEmpty()) {
            TableLocks.take(c, plan, List.copyOf(touched), TableLocks.ACCESS_EXCLUSIVE, atMost);
        }
        foreignKeys.toApplication(c);
        uniques.toApplication(c);
        new ApplicationTriggers(plan).bringBack(c);
    }

    /**
     * Makes the target fit for the stream again, in the transaction in which a sink takes it over. A unique constraint that
     * is checked at once may stay: a batch that runs into it suspends it.
     */
    public void release(Connection c) throws SQLException {
        foreignKeys.toStream(c);
        new ApplicationTriggers(plan).putAside(c);
    }
}
