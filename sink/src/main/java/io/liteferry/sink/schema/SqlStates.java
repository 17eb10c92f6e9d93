package io.liteferry.sink.schema;

import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's error codes mean to the sink. */
public final class SqlStates {
    public static final String UNIQUE_VIOLATION = "23505";
    private static final String CHECK_VIOLATION = "23514";
    private static final String NOT_NULL_VIOLATION = "23502";

    private SqlStates() {}

    public static boolean isUniqueViolation(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /** True where one row is to blame: a value the type cannot hold or PostgreSQL cannot store, a NULL, no partition for it. */
    public static boolean isRowRefused(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("22") || state.startsWith("54") || state.equals(NOT_NULL_VIOLATION) || isNoPartition(e);
    }

    /** True where a row has no partition. */
    public static boolean isNoPartition(SQLException e) {
        return CHECK_VIOLATION.equals(e.getSQLState()) && constraint(e).isEmpty();
    }

    /** True where a partition would overlap another. */
    static boolean isOverlap(SQLException e) {
        return "42P17".equals(e.getSQLState());
    }

    /** True where a secondary constraint is to blame: unique, foreign key, check, exclusion. */
    public static boolean isConstraint(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "23503", UNIQUE_VIOLATION, "23P01" -> true;
            case CHECK_VIOLATION -> constraint(e).isPresent();
            default -> false;
        };
    }

    /** True where the same may succeed later: connection lost, server stopping, deadlock, lock time-out, no resources. */
    public static boolean isTransient(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals("null")
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P")
                || state.equals("55P03")
                || state.equals("25P03");
    }

    /** True where a statement was cancelled, by its time-out or by somebody. */
    static boolean isCancelled(SQLException e) {
        return "57014".equals(e.getSQLState());
    }

    /** The constraint that PostgreSQL names, or the unique index. */
    public static Optional<String> constraint(SQLException e) {
        return message(e).map(ServerErrorMessage::getConstraint);
    }

    public static Optional<String> table(SQLException e) {
        return message(e).map(ServerErrorMessage::getTable);
    }

    public static Optional<String> schema(SQLException e) {
        return message(e).map(ServerErrorMessage::getSchema);
    }

    private static Optional<ServerErrorMessage> message(SQLException e) {
        return e instanceof PSQLException p ? Optional.ofNullable(p.getServerErrorMessage()) : Optional.empty();
    }
}
