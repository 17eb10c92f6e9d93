package io.liteferry.validator.compare;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.TargetForm;
import java.nio.charset.StandardCharsets;

/**
 * The rows in the messages of {@code COPY … TO STDOUT (FORMAT binary)}: a header of 19 bytes before the first row, then
 * for each row the number of fields and for each field its length and bytes, at the end the number -1. PostgreSQL never
 * splits a row over two messages.
 */
final class BinaryRows {
    private static final byte[] SIGNATURE = "PGCOPY\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_HEADER = 19;

    private final TargetForm form;
    private byte[] bytes = new byte[0];
    private int at;
    private boolean started;

    BinaryRows(TargetForm form) {
        this.form = form;
    }

    void reset(byte[] message) {
        bytes = message;
        at = 0;
        if (!started) {
            for (int i = 0; i < SIGNATURE.length; i++) {
                if (bytes.length < FIXED_HEADER || bytes[i] != SIGNATURE[i]) {
                    throw unreadable("it does not begin with PostgreSQL's signature");
                }
            }
            at = FIXED_HEADER + integer(FIXED_HEADER - 4);
            started = true;
        }
    }

    /** Reads the next row of the message into {@code row}; false where there is none. */
    boolean next(CanonicalRow row) {
        if (at + 2 > bytes.length) {
            return false;
        }
        int fields = (short) ((bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF);
        at += 2;
        if (fields == -1) {
            return false;
        }
        if (fields != form.columns()) {
            throw unreadable("a row of " + fields + " fields, " + form.columns() + " were asked for");
        }
        for (int i = 0; i < fields; i++) {
            int length = integer(at);
            at += 4;
            form.write(i, bytes, at, length, row);
            at += Math.max(length, 0);
        }
        return true;
    }

    private int integer(int offset) {
        return (bytes[offset] & 0xFF) << 24
                | (bytes[offset + 1] & 0xFF) << 16
                | (bytes[offset + 2] & 0xFF) << 8
                | bytes[offset + 3] & 0xFF;
    }

    private static LiteferryException unreadable(String what) {
        return new LiteferryException(
                ErrorCode.VALIDATION_READ_FAILED,
                "Reading rows from PostgreSQL in binary form: " + what
                        + ". Connect to PostgreSQL itself, not through something that rewrites results.");
    }
}
