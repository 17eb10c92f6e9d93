package io.liteferry.capture.read;

import java.util.Locale;

/**
 * Why capture reads less than it could, for those who watch it.
 *
 * @param why in words, with what ends it
 */
public record Hold(Kind kind, String why) {
    /** What holds it. */
    public enum Kind {
        /** By a signal; nothing at all is read. */
        PAUSED,
        /** By the fence of a cutover; nothing at all is read. */
        FENCED,
        /** By a signal; no rows of snapshots are read. */
        SNAPSHOT_PAUSED,
        /** Snapshots are read at a limited rate. */
        RATE,
        /** Snapshots wait for the WAL to be reset. */
        WAL;

        /** As a metric's label. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Hold PAUSED =
            new Hold(Kind.PAUSED, "capture is paused by a signal. Run liteferry signal resume --config ….");
    static final Hold FENCED = new Hold(
            Kind.FENCED,
            "fenced: the application writes to PostgreSQL. Capture goes on after liteferry rollback start --config ….");
    static final Hold SNAPSHOT_PAUSED = new Hold(
            Kind.SNAPSHOT_PAUSED, "snapshots are paused by a signal. Run liteferry signal resume-snapshot --config ….");
}
