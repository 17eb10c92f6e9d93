package io.liteferry.validator.verdict;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableTally;
import io.liteferry.validator.pass.Progress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes the document from the facts, and remembers since when each check stands as it does. */
final class VerdictMaker {
    private final Plan plan;
    private final ReadinessRules rules;
    private final Map<String, TableStanding> tables = new HashMap<>();
    private final Map<String, Standing> standings = new HashMap<>();

    private record Standing(boolean ok, Instant since) {}

    /** @param before the verdict of the validator before this one: what still stands has stood since then */
    VerdictMaker(Plan plan, Optional<VerdictDocument> before) {
        this.plan = plan;
        this.rules = new ReadinessRules(plan);
        before.ifPresent(d -> {
            d.checks().forEach(c -> standings.put(c.check(), new Standing(c.ok(), Instant.parse(c.since()))));
            d.tables().forEach(t -> tables.put(t.name(), new TableStanding(t.name(), t.validation())));
        });
    }

    /** @param schema the checks of {@link SchemaRules} */
    VerdictDocument make(Facts facts, List<Check> schema, Progress progress) {
        List<Check> checks =
                Stream.concat(rules.checks(facts).stream(), schema.stream()).toList();
        return make(facts, checks, VerdictDocument.FORWARD, progress);
    }

    /**
     * While PostgreSQL is written.
     *
     * @param setAside rows of PostgreSQL that the source cannot hold
     */
    VerdictDocument reverse(Facts facts, long setAside, Progress progress) {
        return make(facts, rules.reverse(facts, setAside), VerdictDocument.REVERSE, progress);
    }

    private VerdictDocument make(Facts facts, List<Check> checks, String direction, Progress progress) {
        List<VerdictDocument.Check> lines = checks.stream()
                .map(c -> new VerdictDocument.Check(
                        c.name(),
                        c.ok(),
                        c.value(),
                        c.limit(),
                        since(c, facts.at()).toString(),
                        c.help()))
                .toList();
        List<String> reasons = checks.stream()
                .filter(c -> !c.ok())
                .map(c -> c.name() + ": " + c.value() + ", must be " + c.limit())
                .toList();
        return new VerdictDocument(
                reasons.isEmpty() ? VerdictDocument.READY : VerdictDocument.NOT_READY,
                reasons,
                rules.overrides(facts),
                lines,
                plan.tables().stream().map(t -> table(t, facts, progress)).toList(),
                facts.lag()
                        .filter(l -> direction.equals(VerdictDocument.FORWARD))
                        .map(l -> new VerdictDocument.Lag(l.p50() / 1e9, l.p99() / 1e9))
                        .orElse(null),
                facts.applied()
                        .map(a -> new VerdictDocument.AppliedAt(
                                a.position().logIdentity(),
                                a.position().epoch(),
                                a.batch(),
                                a.position().seq(),
                                a.position().fingerprint()))
                        .orElse(null),
                plan.tables().stream()
                        .mapToLong(t -> progress.number(t.source()))
                        .min()
                        .orElse(0),
                facts.at().toString(),
                direction);
    }

    private Instant since(Check check, Instant now) {
        Standing before = standings.get(check.name());
        if (before == null || before.ok() != check.ok()) {
            standings.put(check.name(), new Standing(check.ok(), now));
            return now;
        }
        return before.since();
    }

    private VerdictDocument.Table table(TablePlan table, Facts facts, Progress progress) {
        Optional<TableTally> tally = progress.tally(table.source());
        long known = tally.map(TableTally::known).orElse(0L);
        long open = facts.mismatches(table.source()) + facts.quarantined().getOrDefault(table.source(), 0L);
        String state = facts.applied()
                .map(a -> a.tables().get(table.source()))
                .map(TableProgress::state)
                .orElse(TableProgress.State.PENDING)
                .name();
        return new VerdictDocument.Table(
                table.source(),
                table.target(),
                state,
                tally.map(TableTally::sourceRows).orElse(0L),
                tally.map(TableTally::targetRows).orElse(0L),
                // A row found different or put aside after the pass has counted it is no longer known to be equal.
                Math.max(0, Math.min(tally.map(t -> t.count(RowVerdict.EQUAL)).orElse(0L), known - open)),
                known,
                tally.map(t -> t.count(RowVerdict.IN_FLIGHT)).orElse(0L),
                facts.mismatches(table.source()),
                facts.quarantined().getOrDefault(table.source(), 0L),
                tally.flatMap(TableTally::reason)
                        .map(NotComparableException::reason)
                        .orElse(null),
                tables.computeIfAbsent(table.source(), t -> new TableStanding(t, null))
                        .look(facts, progress));
    }
}
