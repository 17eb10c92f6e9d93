package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the journal says of a run that has not come to its end. */
final class Interruption {
    private Interruption() {}

    /** The run that has left both sides closed; nothing but a run of this kind may finish or undo it. */
    static Journal.Run of(Journal journal, Journal.Kind kind, String by) {
        Entry last = journal.last()
                .orElseThrow(() -> new LiteferryException(
                        ErrorCode.CUTOVER_IN_DOUBT,
                        "Finishing what was interrupted: both sides are closed, and the journal has no run. Somebody has"
                                + " set the fence by hand; see docs/operate/cutover.md."));
        if (!last.kind().equals(kind.label())) {
            String name = last.kind().toLowerCase(Locale.ROOT);
            throw new LiteferryException(
                    ErrorCode.CUTOVER_STATE,
                    "Finishing what was interrupted: it was a " + name + ", not a " + kind.label() + ". Run liteferry "
                            + name + " start, which finishes it.");
        }
        return journal.of(last, by);
    }

    /** Asks a run that goes on in another process to stop before its fence. */
    static String ask(Journal journal, String by) {
        Optional<Entry> last = journal.last().filter(e -> !e.over());
        if (last.isEmpty()) {
            return "Nothing is under way.";
        }
        journal.of(last.get(), by).note(Journal.CANCEL, Map.of());
        return "Asked run " + last.get().run()
                + " to stop. If its process is gone, everything is as it was before already.";
    }
}
