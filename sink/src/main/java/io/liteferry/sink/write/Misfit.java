package io.liteferry.sink.write;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A value that the planned type cannot hold exactly. It is an answer, not an accident: no stack trace, and the message
 * never holds the value.
 */
final class Misfit extends Exception {
    private final Reason reason;
    private @Nullable String column;

    /** Why a value does not fit, with the SQLSTATE PostgreSQL would have given it. */
    enum Reason {
        WRONG_CLASS("42804", "the storage class is not the planned one"),
        NULL_VALUE("23502", "NULL in a column that is NOT NULL"),
        NUL_IN_TEXT("22021", "the text holds a NUL character"),
        INVALID_UTF8("22021", "the text is not valid UTF-8"),
        TOO_LONG("22001", "the text is longer than the type allows"),
        OUT_OF_RANGE("22003", "the number is out of the type's range"),
        TOO_MANY_DIGITS("22003", "the number has more digits than the type"),
        NOT_EXACT("22000", "the type would change the value"),
        NOT_A_NUMBER("22P02", "the text is not a plain decimal number"),
        NOT_A_BOOLEAN("22P02", "the value is not one of the encoding's two"),
        NOT_A_UUID("22P02", "the value is not a uuid in its canonical form"),
        BAD_DATE("22007", "the value is not a date or time of the planned encoding"),
        TOO_PRECISE("22008", "the time has more fraction digits than the type"),
        TOO_MANY_PARTITIONS("23514", "it needs one partition more than the plan allows"),
        REFUSED("22000", "PostgreSQL refused the row");

        private final String sqlState;
        private final String text;

        Reason(String sqlState, String text) {
            this.sqlState = sqlState;
            this.text = text;
        }

        /** The reason with these words, as the quarantine table keeps them. */
        static Reason ofText(String text) {
            for (Reason r : values()) {
                if (r.text.equals(text)) {
                    return r;
                }
            }
            return REFUSED;
        }

        String sqlState() {
            return sqlState;
        }

        String text() {
            return text;
        }

        /** The label in metrics. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Misfit(Reason reason) {
        super(reason.text, null, false, false);
        this.reason = reason;
    }

    Misfit in(String sourceColumn) {
        column = sourceColumn;
        return this;
    }

    Reason reason() {
        return reason;
    }

    /** Source name of the column. */
    @Nullable
    String column() {
        return column;
    }
}
