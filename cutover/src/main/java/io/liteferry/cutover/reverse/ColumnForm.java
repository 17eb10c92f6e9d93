package io.liteferry.cutover.reverse;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.row.SqliteValue;
import java.util.List;
import java.util.Optional;

/**
 * The way back of one column's values: PostgreSQL's text to what it means, SQLite's value to what it means, and a meaning
 * to a value of SQLite that is read as just that. Meanings are equal where the values stand for the same.
 *
 * <p>Written anew here: neither the sink's nor the validator's code is used, so that a fault of one is seen by the others.
 */
interface ColumnForm {
    /** What PostgreSQL's text means. */
    Object ofTarget(String text) throws Unfit;

    /** What SQLite's value, not NULL, means under the plan; empty where nothing. */
    Optional<Object> ofSource(SqliteValue value);

    /** A value of SQLite with this meaning, written as the column's other values are. */
    SqliteValue written(Object meaning) throws Unfit;

    /** Every way in which SQLite may hold a key of this meaning, the likeliest first. */
    default List<SqliteValue> spellings(Object meaning) throws Unfit {
        return List.of(written(meaning));
    }

    /**
     * @param affinity of the column in SQLite
     * @param newest values that the column has, the newest first; none is NULL
     */
    static ColumnForm of(ColumnPlan column, Affinity affinity, List<SqliteValue> newest) {
        if (column.encoding() == Encoding.EXACT) {
            return new ExactForm();
        }
        return switch (column.type().kind()) {
            case SMALLINT, INTEGER, BIGINT -> NumberForms.INTEGER;
            case NUMERIC -> new NumberForms.Numeric(affinity, newest);
            case REAL -> new NumberForms.Floating(true, newest);
            case DOUBLE -> new NumberForms.Floating(false, newest);
            case BOOLEAN -> new BooleanForm(column.encoding(), newest);
            case TEXT, VARCHAR, CITEXT, ENUM, JSON -> TextForms.TEXT;
            case CHAR -> TextForms.PADDED;
            case JSONB -> new JsonbForm();
            case BYTEA -> TextForms.BYTES;
            case UUID -> new UuidForm(column.encoding());
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> new TimeForm(column, newest);
        };
    }
}
