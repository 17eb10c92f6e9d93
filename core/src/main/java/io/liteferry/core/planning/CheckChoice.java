package io.liteferry.core.planning;

import io.liteferry.core.plan.CheckPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The CHECK constraints of a table that mean the same in PostgreSQL; the others are listed. */
final class CheckChoice {
    private CheckChoice() {}

    static List<CheckPlan> checks(TableDraft table, TargetNames names, List<Finding> findings) {
        List<CheckPlan> plans = new ArrayList<>();
        for (SourceTable.Check check : table.profile().table().checks()) {
            Optional<String> condition = ExpressionTranslation.predicate(check.expression(), table);
            if (condition.isPresent()) {
                String name = names.relation(check.name().orElse(table.target() + "_check"));
                plans.add(new CheckPlan(name, condition.get()));
            } else {
                findings.add(Finding.warning(
                        "PLAN-CHECK-LEFT-OUT",
                        table.source(),
                        "CHECK (" + check.expression() + ") is not carried: it may mean something else in PostgreSQL",
                        "Write what it means into checks:, or leave it to the application"));
            }
        }
        return plans;
    }
}
