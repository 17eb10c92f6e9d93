package io.liteferry.capture.read;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes triggers again that a change of the schema took away, in one short transaction of its own. Where a writer holds
 * the database, it tries again later, each time after a longer pause: the application comes first.
 */
final class TriggerMender {
    private static final Logger LOG = LoggerFactory.getLogger(TriggerMender.class);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);

    private final SourceInstaller installer;
    private final List<TablePlan> wanted = new ArrayList<>();
    private long pause = FIRST_PAUSE;
    private long notBefore = System.nanoTime();

    TriggerMender(Plan plan) {
        this.installer = new SourceInstaller(plan);
    }

    void nothingToMend() {
        wanted.clear();
    }

    /** @param table as it is planned now */
    void wanted(TablePlan table) {
        wanted.add(table);
    }

    /** Outside of any read transaction. The next read finds the new triggers. */
    void mend() {
        if (wanted.isEmpty() || System.nanoTime() - notBefore < 0) {
            return;
        }
        try {
            installer.remake(wanted);
            wanted.clear();
            pause = FIRST_PAUSE;
        } catch (LiteferryException e) {
            LOG.warn("Triggers cannot be made again now, trying later error={}", e.getMessage());
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
        notBefore = System.nanoTime() + pause;
    }
}
