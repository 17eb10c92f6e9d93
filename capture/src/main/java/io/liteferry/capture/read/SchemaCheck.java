package io.liteferry.capture.read;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.planning.ColumnEvolution;
import io.liteferry.core.planning.UniqueEvolution;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of a table once the schema's version has moved: nothing, columns that the target can follow, triggers
 * that capture makes again itself, or something that a person must decide. Knows the tables as it saw them last.
 */
final class SchemaCheck {
    private final Plan written;
    private final Verification verification;
    private final OwnMigration own;
    private final boolean follow;
    private final Map<String, TableEvolution> evolution;
    private final Map<String, SourceTable> known = new HashMap<>();
    private final Map<String, Finding> decisions = new HashMap<>();

    /** Why the change log does not see everything of a table; empty where it does. */
    interface Verification {
        Optional<String> problem(InstalledLog installed, TablePlan plan, Optional<SourceTable> source);

        /** Whether the rows of a table may have other keys once the schema's version has moved: VACUUM moves it. */
        default boolean renumbered(TablePlan plan) {
            return plan.key().isRowid();
        }
    }

    /** What is wrong with a table and what to do; {@code mend} where capture does it itself, by new triggers. */
    record Finding(String what, String remedy, boolean mend) {}

    /**
     * What became of a table.
     *
     * @param plan of the table as it is now
     * @param before columns of the source as of the last look, in order
     * @param changes of them since, for the target
     * @param evolved what is to be remembered of them; empty where the columns are those of the last look
     * @param finding why it cannot be captured now; empty where it can
     * @param rowsKnown false where rows may hold other values than before without a log entry
     */
    record Outcome(
            TablePlan plan,
            List<String> before,
            List<ColumnChange> changes,
            Optional<TableEvolution> evolved,
            Optional<Finding> finding,
            boolean rowsKnown) {
        static Outcome waits(TablePlan plan, Finding finding) {
            return new Outcome(plan, List.of(), List.of(), Optional.empty(), Optional.of(finding), true);
        }
    }

    /** @param evolution what is known of the tables; those that the migration file has overtaken begin anew */
    SchemaCheck(Plan written, Map<String, TableEvolution> evolution, Verification verification, OwnMigration own) {
        this.written = written;
        this.verification = verification;
        this.own = own;
        this.follow = written.options().string(Options.SCHEMA_EVOLUTION).equals("basic");
        this.evolution = new HashMap<>(evolution);
        this.evolution.keySet().removeIf(t -> written.table(t).isPresent());
        for (TablePlan t : written.tables()) {
            TableEvolution before = evolution.get(t.source());
            if (before != null && !before.columns().isEmpty()) {
                String digest = EvolvedPlan.digest(t);
                boolean current = before.grewFrom().equals(digest);
                this.evolution.put(
                        t.source(),
                        current ? before : new TableEvolution(digest, before.columns(), List.of(), before.byHand()));
            }
        }
    }

    boolean renumbered(TablePlan plan) {
        return verification.renumbered(plan);
    }

    /**
     * Remembers, for {@code status}, the tables that the migration file does not name.
     *
     * @return those that it did not know
     */
    List<String> unplanned(List<String> there) {
        evolution.keySet().removeIf(t -> written.table(t).isEmpty() && !there.contains(t));
        List<String> unknown =
                there.stream().filter(t -> !evolution.containsKey(t)).toList();
        String todo = "not in the migration file, so it is not captured. To carry it: liteferry plan "
                + written.options().path(Options.DATABASE_FILE_PATH)
                + ", put its part into the migration file, liteferry apply --config …, start the services again";
        unknown.forEach(t -> evolution.put(t, new TableEvolution("", List.of(), List.of(), List.of(todo))));
        return unknown;
    }

    Map<String, TableEvolution> evolution() {
        return evolution;
    }

    /** Remembers a change that is about to be sent. */
    void evolve(String table, TableEvolution evolved) {
        evolution.put(table, evolved);
    }

    /** @param oneStep a single statement was run since the last look */
    Outcome look(InstalledLog installed, TablePlan plan, Optional<SourceTable> source, boolean oneStep) {
        InstalledLog.Table logged = installed.tables().get(plan.source());
        if (logged == null) {
            return suspended(
                    plan,
                    plan.lackedBy(source).orElse("it is not in the change log"),
                    "Run liteferry apply --config …; the table is then snapshotted again.");
        }
        if (logged.window().isPresent()) {
            return suspended(
                    plan,
                    "a schema window is open on it since " + logged.window().get(),
                    "Run liteferry schema-window close --config … when the application's migration is through; the table is then snapshotted again.");
        }
        if (source.isEmpty()) {
            return gone(installed, plan);
        }
        SourceTable now = source.get();
        SourceTable before = known.put(plan.source(), now);
        Finding decided = decisions.get(plan.source());
        if (decided != null) {
            return Outcome.waits(plan, decided);
        }
        Optional<Finding> type = before == null ? Optional.empty() : typeChanged(plan, before, now);
        if (type.isPresent()) {
            decisions.put(plan.source(), type.get());
            return Outcome.waits(plan, type.get());
        }
        return columns(installed, logged, plan, before, now, oneStep);
    }

    private Outcome columns(
            InstalledLog installed,
            InstalledLog.Table logged,
            TablePlan plan,
            @Nullable SourceTable before,
            SourceTable now,
            boolean oneStep) {
        TableEvolution so = evolution.get(plan.source());
        List<String> then = so == null ? logged.columns() : so.columns();
        List<String> names =
                now.columns().stream().map(SourceTable.Column::name).toList();
        ColumnEvolution found = then.equals(names)
                ? new ColumnEvolution(List.of(), true)
                : ColumnEvolution.of(plan, then, now, oneStep);
        boolean sameText = before != null && before.sql().equals(now.sql());
        boolean rowsKnown = then.equals(names) ? before == null || sameText || oneStep : oneStep && found.exact();
        Optional<List<ColumnChange>> made = found.changes().isEmpty() || follow && plan.made()
                ? Optional.of(found.changes())
                : follow ? own.made(plan, found.changes(), now) : Optional.empty();
        if (made.isEmpty()) {
            return Outcome.waits(plan, byHand(plan, found));
        }
        // What its own migration has put into a new column of the target is not known.
        rowsKnown &= plan.made() || made.get().stream().noneMatch(c -> c.kind() == ColumnChange.Kind.ADD);
        TablePlan written = this.written.table(plan.source()).orElseThrow();
        Optional<String> unfit = keyGone(plan, found).or(() -> nothingLeft(plan, made.get()));
        if (unfit.isPresent()) {
            return suspended(plan, unfit.get(), again(plan));
        }
        TablePlan next = EvolvedPlan.after(plan, made.get());
        unfit = unfit(next, now);
        if (unfit.isPresent()) {
            return suspended(plan, unfit.get(), again(plan));
        }
        Optional<Finding> triggers = verification
                .problem(installed, next, Optional.of(now))
                .map(p -> new Finding(
                        p,
                        "Capture makes them again by itself and then snapshots the table again; if this stays, liteferry apply --config … does the same.",
                        true));
        UniqueEvolution unique = before == null
                ? new UniqueEvolution(List.of(), List.of())
                : UniqueEvolution.of(next, before, now, follow && plan.made());
        List<ColumnChange> changes = joined(made.get(), unique.changes());
        boolean evolves = !then.equals(names)
                || !unique.changes().isEmpty()
                || !unique.byHand().isEmpty();
        TableEvolution grown = new TableEvolution(
                EvolvedPlan.digest(written),
                names,
                joined(so == null ? List.of() : so.changes(), changes),
                joined(so == null ? List.of() : so.byHand(), unique.byHand()).stream()
                        .distinct()
                        .toList());
        return new Outcome(
                EvolvedPlan.after(next, unique.changes()),
                then,
                changes,
                evolves ? Optional.of(grown) : Optional.empty(),
                triggers,
                rowsKnown && triggers.isEmpty());
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        List<T> joined = new ArrayList<>(one);
        joined.addAll(other);
        return joined;
    }

    private static Optional<String> keyGone(TablePlan plan, ColumnEvolution found) {
        return found.changes().stream()
                .filter(c -> c.kind() == ColumnChange.Kind.DROP
                        && plan.key().columns().contains(c.column()))
                .map(c -> "column " + c.column() + " of its key is gone")
                .findFirst();
    }

    private static Optional<String> nothingLeft(TablePlan plan, List<ColumnChange> changes) {
        long left = plan.columns().size();
        for (ColumnChange c : changes) {
            left += c.kind() == ColumnChange.Kind.ADD ? 1 : c.kind() == ColumnChange.Kind.DROP ? -1 : 0;
        }
        return left > 0 ? Optional.empty() : Optional.of("no column of the migration file is left in it");
    }

    /** What of the plan the table no longer has. */
    private static Optional<String> unfit(TablePlan plan, SourceTable now) {
        Optional<String> missing = plan.columns().stream()
                .filter(c -> now.column(c.source()).isEmpty())
                .map(c -> "column " + c.source() + " of the migration file is not in it")
                .findFirst();
        if (missing.isPresent()) {
            return missing;
        }
        if (plan.key().isRowid()) {
            return now.rowidName().isPresent()
                    ? Optional.empty()
                    : Optional.of("it is carried by its rowid and has none now");
        }
        Set<String> key = lower(plan.key().columns());
        boolean unique =
                lower(now.primaryKey().stream().map(SourceTable.Column::name).toList())
                                .equals(key)
                        || now.indexes().stream()
                                .anyMatch(i -> i.unique()
                                        && i.plainColumns()
                                        && i.where().isEmpty()
                                        && key.equals(lower(i.terms().stream()
                                                .map(t -> t.column().orElseThrow())
                                                .toList())));
        return unique
                ? Optional.empty()
                : Optional.of("its key " + plan.key().columns() + " is no longer unique in the source");
    }

    private static Set<String> lower(List<String> names) {
        return new HashSet<>(names.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList());
    }

    private static Outcome gone(InstalledLog installed, TablePlan plan) {
        return installed
                .renamedTo(plan.source())
                .map(to -> suspended(
                        plan,
                        "it is called " + to + " now",
                        "Stop the services; in PostgreSQL run ALTER TABLE " + PgSql.name(plan.target())
                                + " RENAME TO " + PgSql.name(to) + "; in the migration file write " + to
                                + ": for " + plan.source() + ": and its new target:; then liteferry apply --config …"
                                + " and liteferry run all --config …. It is then snapshotted again."))
                .orElseGet(() -> suspended(
                        plan,
                        "it is gone from the source",
                        "Take it out of the migration file, then liteferry apply --config … and start the services"
                                + " again; the target table stays as it is, drop it by hand if nobody needs it."));
    }

    private static String again(TablePlan plan) {
        return "Run liteferry plan again for " + plan.source()
                + ", put its new part into the migration file, make the target table anew, then liteferry apply"
                + " --config … and start the services again.";
    }

    private Finding byHand(TablePlan plan, ColumnEvolution found) {
        String statements = found.changes().stream()
                .map(c -> "ALTER TABLE " + PgSql.name(plan.target()) + " " + statement(c))
                .collect(Collectors.joining("; "));
        return new Finding(
                "its columns were changed: "
                        + found.changes().stream().map(ColumnChange::text).collect(Collectors.joining(", ")),
                "Run the application's migration on PostgreSQL too (or: " + statements
                        + (follow && own.possible()
                                ? "); capture finds it there and goes on by itself."
                                : "), write the same into columns: of the table in the migration file, then start the services again."),
                false);
    }

    private static String statement(ColumnChange c) {
        String rename = "RENAME COLUMN " + PgSql.name(c.column()) + " TO " + PgSql.name(c.target());
        return switch (c.kind()) {
            case ADD -> "ADD COLUMN " + PgSql.name(c.target()) + " " + c.type();
            case RENAME -> rename;
            case DROP -> "DROP COLUMN " + PgSql.name(c.target());
            case UNIQUE -> throw new IllegalArgumentException(c.text());
        };
    }

    /** A declaration that stands for another type of the target now. */
    private static Optional<Finding> typeChanged(TablePlan plan, SourceTable before, SourceTable now) {
        List<String> statements = new ArrayList<>();
        for (SourceTable.Column c : now.columns()) {
            Optional<SourceTable.Column> then = before.column(c.name());
            String type = ColumnEvolution.typeOf(c, now.strict());
            plan.columns().stream()
                    .filter(p -> p.source().equals(c.name()))
                    .filter(p -> !p.type().sql().equals(type))
                    .filter(p -> then.isPresent()
                            && !ColumnEvolution.typeOf(then.get(), before.strict())
                                    .equals(type))
                    .forEach(p -> statements.add("ALTER TABLE " + PgSql.name(plan.target()) + " ALTER COLUMN "
                            + PgSql.name(p.target()) + " TYPE " + type));
        }
        return statements.isEmpty()
                ? Optional.empty()
                : Optional.of(new Finding(
                        "the declared type of a column was changed",
                        "In PostgreSQL run " + String.join("; ", statements)
                                + " (or leave the type as it is), write type: into the migration file, then start the services again; the table is then snapshotted again.",
                        false));
    }

    private static Outcome suspended(TablePlan plan, String what, String remedy) {
        return Outcome.waits(plan, new Finding(what, remedy, false));
    }
}
