package io.liteferry.validator.compare;

/** Why two sides cannot be compared right now; the table is unknown this round. */
public final class NotComparableException extends Exception {
    /** What stands in the way. */
    public enum Kind {
        /** The table waits for its snapshot, or is suspended: nothing to compare yet, and nothing is wrong. */
        NOT_THERE_YET,
        /** It may pass by itself: the schema was changed a moment ago, the target is far behind. */
        FOR_NOW,
        /** The change log is not the one the target was filled from: restored, wiped, pruned too far. */
        LOG_BROKEN,
        /** The plan does not fit one of the sides. */
        PLAN_UNFIT
    }

    private final Kind kind;

    public NotComparableException(Kind kind, String reason) {
        super(reason);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
