package io.liteferry.sink.write;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.StorageClass;

/** Chooses the encoder of a column: planned type times encoding. */
final class FieldEncoders {
    private FieldEncoders() {}

    /** @throws LiteferryException where the plan joins an encoding with a type it does not stand for */
    static FieldEncoder of(String table, ColumnPlan column) {
        TargetType type = column.type();
        Encoding encoding = column.encoding();
        boolean plain = encoding == Encoding.PLAIN;
        return switch (type.kind()) {
            case SMALLINT, INTEGER, BIGINT -> plain ? NumberEncoders.integer(type.kind()) : refuse(table, column);
            case NUMERIC -> plain ? NumberEncoders.numeric(type) : refuse(table, column);
            case REAL -> plain ? NumberEncoders::real : refuse(table, column);
            case DOUBLE -> plain ? NumberEncoders::doublePrecision : refuse(table, column);
            case BOOLEAN ->
                switch (encoding) {
                    case PLAIN, ZERO_ONE -> TextEncoders::zeroOne;
                    case TRUE_FALSE -> TextEncoders.words("true", "false");
                    case T_F -> TextEncoders.words("t", "f");
                    case YES_NO -> TextEncoders.words("yes", "no");
                    case Y_N -> TextEncoders.words("y", "n");
                    default -> refuse(table, column);
                };
            case TEXT, CITEXT, ENUM -> plain ? TextEncoders::text : refuse(table, column);
            case VARCHAR, CHAR -> plain ? TextEncoders.limited(type) : refuse(table, column);
            case JSON -> plain ? TextEncoders::text : refuse(table, column);
            case JSONB -> plain ? TextEncoders::jsonb : refuse(table, column);
            case BYTEA ->
                switch (encoding) {
                    case PLAIN -> TextEncoders::blob;
                    case EXACT -> TextEncoders::exact;
                    default -> refuse(table, column);
                };
            case UUID ->
                switch (encoding) {
                    case PLAIN -> TextEncoders::uuidText;
                    case UUID_BLOB -> TextEncoders::uuidBlob;
                    case UUID_HEX -> TextEncoders::uuidHex;
                    default -> refuse(table, column);
                };
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
                switch (encoding) {
                    case PLAIN, ISO8601, UNIX_SECONDS, UNIX_MILLIS, UNIX_MICROS, JULIAN_DAY -> new TimeEncoder(column);
                    default -> refuse(table, column);
                };
        };
    }

    static void demand(StorageClass found, StorageClass planned) throws Misfit {
        if (found != planned) {
            throw new Misfit(Misfit.Reason.WRONG_CLASS);
        }
    }

    private static FieldEncoder refuse(String table, ColumnPlan column) {
        throw new LiteferryException(
                ErrorCode.PLAN_INVALID,
                "Reading the plan of table " + table + ", column " + column.source() + ": encoding "
                        + column.encoding().yaml() + " does not stand for a "
                        + column.type().sql()
                        + ". Correct one of them in the migration file.");
    }
}
