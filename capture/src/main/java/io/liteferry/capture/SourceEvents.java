package io.liteferry.capture;

import io.liteferry.capture.connector.CaptureEvents;
import io.liteferry.capture.read.Hold;
import io.liteferry.capture.read.Slice;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.DiskSpace;
import io.liteferry.core.service.ServiceHealth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What is told of one source: its metrics and its health checks. */
final class SourceEvents implements CaptureEvents {
    private static final String SOURCE = "source";
    private static final String STREAM = "stream";

    private final CaptureMetrics metrics;
    private final ServiceHealth health;
    private final Runnable opened;
    private final Consumer<Throwable> lost;
    private final Path file;

    /**
     * @param plan of one source
     * @param opened run when it is read
     * @param lost hears why it cannot be read on
     */
    SourceEvents(Plan plan, CaptureMetrics metrics, ServiceHealth service, Runnable opened, Consumer<Throwable> lost) {
        this.metrics = metrics;
        this.health = service.of(plan, SOURCE, STREAM);
        this.opened = opened;
        this.lost = lost;
        this.file = plan.options().path(Options.DATABASE_FILE_PATH);
        health.hint("disk", this::disk);
    }

    @Override
    public void started(LongSupplier unchangedMillis, LongSupplier turnsMissed) {
        metrics.started(unchangedMillis, turnsMissed);
        health.ok(SOURCE);
        health.ok(STREAM);
        opened.run();
    }

    private String disk() {
        try {
            return DiskSpace.of(file).tight().orElse("");
        } catch (IOException e) {
            return "the room beside " + file + " cannot be told: " + e;
        }
    }

    @Override
    public void watching(LongSupplier unexplainedCommits, Supplier<Optional<Hold>> held) {
        metrics.watching(unexplainedCommits, held);
        health.hint("held", () -> held.get().map(Hold::why).orElse(""));
        health.hint(
                SOURCE,
                () -> unexplainedCommits.getAsLong() == 0
                        ? ""
                        : unexplainedCommits.getAsLong()
                                + " commits fired no trigger of ours; the validator's next pass tells whether they changed a row");
    }

    @Override
    public void read(Slice slice) {
        metrics.read(slice);
    }

    @Override
    public void failed(Throwable failure) {
        metrics.failed(failure);
        health.failing(SOURCE, String.valueOf(failure.getMessage()));
        health.failing(STREAM, String.valueOf(failure.getMessage()));
        lost.accept(failure);
    }
}
