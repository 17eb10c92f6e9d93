package io.liteferry.cli.report;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Follows all sources of a migration until every one is READY; says how many are, and how far the first other is. */
public final class SourcesWatch {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private final List<ReadinessWatch> watches;
    private final PrintWriter err;
    private final Clock clock;
    private Instant lastLine;
    private String lastText = "";

    /** @param started verdicts from before are those of an earlier run */
    public SourcesWatch(List<MigrationState> sources, PrintWriter err, Clock clock, Instant started) {
        this.watches = sources.stream()
                .map(s -> new ReadinessWatch(s, err, clock, started))
                .toList();
        this.err = err;
        this.clock = clock;
        this.lastLine = started;
    }

    /** Looks once, prints a line where it is time for one; true where all are READY. */
    public boolean lookAgain() {
        if (watches.size() == 1) {
            return watches.get(0).lookAgain().isPresent();
        }
        watches.forEach(ReadinessWatch::read);
        Optional<ReadinessWatch> waiting =
                watches.stream().filter(w -> !w.ready()).findFirst();
        Instant now = clock.instant();
        if (Duration.between(lastLine, now).compareTo(BETWEEN_LINES) >= 0) {
            lastLine = now;
            String text = waiting.map(w -> w.source() + ": " + w.progress(now)).orElse("READY");
            if (!text.equals(lastText)) {
                long ready = watches.stream().filter(ReadinessWatch::ready).count();
                err.println(ready + " of " + watches.size() + " sources ready; " + text);
                lastText = text;
            }
        }
        return waiting.isEmpty();
    }

    /** The state of the whole as of the latest look. */
    public Reports.State state() {
        return SourceState.joined(watches.stream()
                .map(w -> new SourceState(w.source(), w.state()))
                .toList());
    }
}
