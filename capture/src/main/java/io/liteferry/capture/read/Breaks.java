package io.liteferry.capture.read;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.SqliteFile;
import org.jspecify.annotations.Nullable;

/** The ways in which a source stops being the one that was captured; each ends capture, with what to do. */
final class Breaks {
    private static final String AGAIN =
            "If this file is the one to migrate: stop the services, liteferry apply --config … --restart, then start them again;"
                    + " every table is snapshotted again.";

    private static final String ACCEPT =
            "If the application writes to this file now and no capture follows the other one: liteferry apply --config …"
                    + " --accept-file, then start capture again; the position is checked then.";

    private Breaks() {}

    static LiteferryException notInstalled(SqliteFile file, @Nullable Throwable cause) {
        return new LiteferryException(
                ErrorCode.CAPTURE_NOT_INSTALLED,
                "Reading the change log of " + file.path()
                        + ": it is not there. Run liteferry apply --config … first; if it was there before, rows written since are not known: "
                        + AGAIN,
                cause);
    }

    static LiteferryException rowTooLarge(String table, RowKey key, long bytes) {
        return new LiteferryException(
                ErrorCode.ROW_TOO_LARGE,
                "Reading the row of table " + table + " with key " + key.shortened() + ": it has " + bytes
                        + " bytes with its key, a record can have " + KafkaClients.MAX_ROW_BYTES
                        + ". Shorten its values in the source, or take the large column out of the migration file, then"
                        + " liteferry apply --config … and start capture again; until then nothing after this row is"
                        + " captured.");
    }

    static LiteferryException position(SqliteFile file, Position known) {
        return new LiteferryException(
                ErrorCode.POSITION_BROKEN,
                "Checking log row " + known.seq() + " of " + file.path()
                        + ": it is not the row we knew. The database was restored, wiped or replaced. Put the right file back, or: "
                        + AGAIN);
    }

    static LiteferryException epoch(SqliteFile file, long own, long found) {
        return new LiteferryException(
                ErrorCode.EPOCH_LOST,
                "Checking our epoch " + own + " in " + file.path() + ": it is " + found
                        + " now, another capture has taken over. Stop that one before liteferry run capture --config … is started again.");
    }

    /** Seen at the start: the log was installed in another file. */
    static LiteferryException copied(SqliteFile file) {
        return new LiteferryException(
                ErrorCode.SOURCE_REPLACED,
                "Looking at " + file.path()
                        + ": its change log was installed in another file; this one is a copy, or was moved or restored here."
                        + " Two captures must never follow two copies. " + ACCEPT);
    }

    /** Seen while running: somebody applies a later epoch that this file knows nothing of. */
    static LiteferryException otherCopy(SqliteFile file, long own, long applied) {
        return new LiteferryException(
                ErrorCode.EPOCH_LOST,
                "Capturing " + file.path() + " in epoch " + own + ": the target has applied batches of epoch " + applied
                        + ", which nobody has claimed in this file. Another capture follows a copy of it. Find out which file"
                        + " the application writes to and stop the capture of the other one. " + AGAIN);
    }

    static LiteferryException replaced(SqliteFile file) {
        return new LiteferryException(
                ErrorCode.SOURCE_REPLACED,
                "Looking at " + file.path()
                        + ": another file stands there than the one we opened. Put the right file back and start again with liteferry run capture --config …. "
                        + ACCEPT);
    }
}
