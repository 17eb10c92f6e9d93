package io.liteferry.capture.read;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.planning.ExistingColumns;
import io.liteferry.core.sqlite.SourceTable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the application's own migration has run on the target too, for tables that only it may alter. The target is
 * asked outside of any read transaction, before a schema that has moved is looked at.
 */
final class OwnMigration {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMigration.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Plan plan;
    private final boolean possible;
    private @Nullable ExistingColumns target;
    private long askedVersion;
    private long notBefore = System.nanoTime();
    private boolean missed;

    OwnMigration(Plan plan) {
        this.plan = plan;
        this.possible = plan.options().optional(Options.CONNECTION_URL).isPresent()
                && plan.tables().stream().anyMatch(t -> !t.made());
    }

    /** False where no table is of that kind, or this process does not know the target. */
    boolean possible() {
        return possible;
    }

    /** Whether the target must be asked before a schema of this version is looked at. */
    boolean due(long version) {
        return possible && (version != askedVersion || missed && System.nanoTime() - notBefore >= 0);
    }

    void ask(long version) {
        askedVersion = version;
        missed = false;
        long began = System.nanoTime();
        try {
            target = ExistingColumns.read(plan);
        } catch (LiteferryException e) {
            target = null;
            LOG.warn("The target cannot be asked for its columns now, trying later error={}", e.getMessage());
        }
        // One that does not answer must not take over the reading.
        long now = System.nanoTime();
        notBefore = now + Math.max(PAUSE_NANOS, 10 * (now - began));
    }

    /** The changes as the target has them; empty where it has not. */
    Optional<List<ColumnChange>> made(TablePlan table, List<ColumnChange> changes, SourceTable now) {
        Optional<List<ColumnChange>> made = Optional.ofNullable(target).flatMap(t -> t.made(table, changes, now));
        missed |= made.isEmpty();
        return made;
    }
}
