package io.liteferry.validator.pass;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Recheck;
import io.liteferry.validator.compare.Suspect;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Looks at open mismatches again between the passes, so that a repaired row is seen to be equal within a second or so. */
public final class OpenMismatches {
    private static final int MOST_AT_ONCE = 2 * Recheck.KEYS;

    private final Plan plan;
    private final Comparison sides;
    private final ResultStore store;
    private final Clock clock;

    public OpenMismatches(Plan plan, Comparison sides, ResultStore store, Clock clock) {
        this.plan = plan;
        this.sides = sides;
        this.store = store;
        this.clock = clock;
    }

    public void look() {
        Map<String, List<RowKey>> all = store.openKeys(MOST_AT_ONCE);
        Plan now = all.isEmpty() ? plan : sides.now(plan);
        for (Map.Entry<String, List<RowKey>> open : all.entrySet()) {
            Optional<TablePlan> table = now.table(open.getKey());
            if (table.isPresent()) {
                look(table.get(), open.getValue());
            } else {
                store.postponed(open.getKey(), open.getValue(), clock.instant());
            }
        }
    }

    private void look(TablePlan table, List<RowKey> keys) {
        Recheck recheck = new Recheck(sides, table);
        for (int i = 0; i < keys.size(); i += Recheck.KEYS) {
            List<RowKey> some = keys.subList(i, Math.min(i + Recheck.KEYS, keys.size()));
            List<Suspect> suspects = some.stream().map(recheck::suspect).toList();
            List<Finding> findings;
            try {
                findings = recheck.look(suspects);
            } catch (NotComparableException e) {
                // They stay open; the pass over the table says why it cannot be compared.
                store.postponed(table.source(), keys.subList(i, keys.size()), clock.instant());
                return;
            }
            List<RowKey> settled = IntStream.range(0, some.size())
                    .filter(k -> findings.get(k).verdict().settled())
                    .mapToObj(some::get)
                    .toList();
            List<Finding> differing =
                    findings.stream().filter(f -> f.verdict().differs()).toList();
            List<RowKey> undecided = IntStream.range(0, some.size())
                    .filter(k -> !findings.get(k).verdict().settled()
                            && !findings.get(k).verdict().differs())
                    .mapToObj(some::get)
                    .toList();
            store.postponed(table.source(), undecided, clock.instant());
            store.verified(table.source(), settled, clock.instant());
            store.found(table.source(), differing, clock.instant());
        }
    }
}
