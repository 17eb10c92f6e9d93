package io.liteferry.validator;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.TableChecksum;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Rows and checksums of all tables of one source, on both sides. */
public final class SourceChecksums {
    private final Plan plan;

    /** @param plan of one source */
    public SourceChecksums(Plan plan) {
        this.plan = plan;
    }

    /**
     * One table.
     *
     * @param both empty where the table could not be read
     * @param reason why it could not
     */
    public record Result(TablePlan table, Optional<TableChecksum.Both> both, String reason) {}

    /** By source name, in the plan's order. */
    public Map<String, Result> take() {
        Map<String, Result> results = new LinkedHashMap<>();
        try (Comparison sides = new Comparison(plan, new LongAdder())) {
            for (TablePlan table : sides.now(plan).tables()) {
                results.put(table.source(), take(sides, table));
            }
        }
        return results;
    }

    private Result take(Comparison sides, TablePlan table) {
        try {
            int rows = plan.options().integer(Options.VALIDATION_RANGE_ROWS);
            return new Result(table, Optional.of(new TableChecksum(sides, table, rows).take()), "");
        } catch (NotComparableException e) {
            return new Result(table, Optional.empty(), e.reason());
        }
    }
}
