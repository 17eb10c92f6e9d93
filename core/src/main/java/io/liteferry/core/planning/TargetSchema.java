package io.liteferry.core.planning;

import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.planning.ColumnProfile.Candidate;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The target a plan is made for: a schema that {@code apply} makes, or one that is there already. */
interface TargetSchema {
    /** Whether the table is carried at all; if not, a finding says why. */
    boolean carries(SourceTable table, List<Finding> findings);

    /** The types to try on a column, best first. */
    List<Candidate> candidates(SourceTable table, SourceTable.Column column, DeclaredType declared);

    /** Names and types of the table's columns; empty where it cannot be carried, and then a finding says why. */
    Optional<TableDraft> draft(TableProfile profile, KeyPlan key, List<Finding> findings);

    /** Names of tables, indexes and constraints that are taken. */
    TargetNames relations(Collection<TableDraft> drafts);
}
