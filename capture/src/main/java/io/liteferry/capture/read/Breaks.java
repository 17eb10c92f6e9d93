package io.liteferry.capture.read;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.sqlite.SqliteFile;
import org.jspecify.annotations.Nullable;

/** The ways in which a source stops being the one that was captured; each ends capture, with what to do. */
final class Breaks {
    private static final String AGAIN =
            "If this file is the one to migrate, begin again: liteferry uninstall --config …, empty the target tables, give the migration another name (its old topics and position are of the old log), liteferry apply --config … and liteferry run all --config ….";

    private Breaks() {}

    static LiteferryException notInstalled(SqliteFile file, @Nullable Throwable cause) {
        return new LiteferryException(
                ErrorCode.CAPTURE_NOT_INSTALLED,
                "Reading the change log of " + file.path()
                        + ": it is not there. Run liteferry apply --config … first; if it was there before, rows written since are not known: "
                        + AGAIN,
                cause);
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

    static LiteferryException replaced(SqliteFile file) {
        return new LiteferryException(
                ErrorCode.SOURCE_REPLACED,
                "Looking at " + file.path()
                        + ": another file stands there than the one we opened. Put the right file back and start again with liteferry run capture --config …; the position is checked then.");
    }
}
