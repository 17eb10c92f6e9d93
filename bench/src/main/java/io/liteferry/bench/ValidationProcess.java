package io.liteferry.bench;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.Recheck;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.Suspect;
import io.liteferry.validator.compare.TablePass;
import io.liteferry.validator.compare.TableTally;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The measured process: two passes over the table, cold and warm, looks at changed rows, and a pass that has one wrong row
 * to find. Tells the figures in one line when it is done.
 */
final class ValidationProcess {
    private static final int CHANGED_ROWS = 20_000;

    private final Plan plan;
    private final TablePlan table;
    private final Comparison sides;
    private final long rows;

    private ValidationProcess(Plan plan, Comparison sides, long rows) {
        this.plan = plan;
        this.table = plan.tables().get(0);
        this.sides = sides;
        this.rows = rows;
    }

    public static void main(String[] arguments)
            throws IOException, SQLException, NotComparableException, InterruptedException {
        Plan read = PlanFile.read(Path.of(arguments[0]));
        Plan plan = read.withOptions(read.options().withEnvironment(System.getenv()));
        try (Comparison sides = new Comparison(plan, new LongAdder())) {
            new ValidationProcess(plan, sides, Long.parseLong(arguments[1])).measure();
        }
        CountDownLatch ended = Child.untilInputEnds();
        ended.await();
    }

    private void measure() throws IOException, SQLException, NotComparableException {
        double cold = pass(0);
        double warm = pass(0);
        double changed = changedRows();
        long wrong = rows * 9 / 10;
        sql("UPDATE " + WideTable.NAME + " SET label = label || ' ' WHERE id = " + wrong);
        double found = pass(wrong);
        Child.say(String.format(
                Locale.ROOT,
                "cold_seconds=%.3f warm_seconds=%.3f changed_row_microseconds=%.3f found_seconds=%.3f resident_mib=%.1f",
                cold,
                warm,
                changed * 1e6 / CHANGED_ROWS,
                found,
                Machine.peakResidentMib(ProcessHandle.current().pid())));
    }

    /** Seconds of a whole pass; where there is a wrong row, until it was told. */
    private double pass(long wrong) {
        AtomicLong toldAt = new AtomicLong();
        List<Finding> found = new ArrayList<>();
        long from = System.nanoTime();
        TableTally tally = new TablePass(
                        sides,
                        table,
                        plan.options().integer(Options.VALIDATION_RANGE_ROWS),
                        new Pace(Long.MAX_VALUE),
                        Duration.ofSeconds(3),
                        new TablePass.Listener() {
                            @Override
                            public void found(List<Finding> some) {
                                toldAt.compareAndSet(0, System.nanoTime());
                                found.addAll(some);
                            }

                            @Override
                            public void progress(long soFar, long pending) {}
                        })
                .run();
        long to = System.nanoTime();
        boolean asExpected = wrong == 0
                ? found.isEmpty() && tally.count(RowVerdict.EQUAL) == rows
                : found.size() == 1
                        && found.get(0).suspect().key().equals(key(wrong))
                        && tally.count(RowVerdict.EQUAL) == rows - 1;
        if (!asExpected) {
            throw new IllegalStateException("The pass gave " + tally + " and told of " + found.size() + " rows");
        }
        return ((wrong == 0 ? to : toldAt.get()) - from) / 1e9;
    }

    private static RowKey key(long id) {
        return RowKey.of(List.of(new SqliteValue.Int(id)));
    }

    private double changedRows() throws NotComparableException {
        Random random = new Random(2);
        Recheck recheck = new Recheck(sides, table);
        long from = System.nanoTime();
        for (int i = 0; i < CHANGED_ROWS; i += Recheck.KEYS) {
            List<Suspect> suspects = new ArrayList<>();
            for (int k = 0; k < Recheck.KEYS; k++) {
                suspects.add(recheck.suspect(key(1 + random.nextLong(rows))));
            }
            for (Finding f : recheck.look(suspects)) {
                if (f.verdict() != RowVerdict.EQUAL) {
                    throw new IllegalStateException("row " + f.suspect().key() + " is " + f.verdict());
                }
            }
        }
        return (System.nanoTime() - from) / 1e9;
    }

    private void sql(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(plan.options().string(Options.CONNECTION_URL));
                Statement s = c.createStatement()) {
            s.execute("SET liteferry.writer = 'by hand'");
            s.execute(sql);
        }
    }
}
