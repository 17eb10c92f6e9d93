package io.liteferry.capture.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.capture.read.BatchReader;
import io.liteferry.capture.read.Slice;
import io.liteferry.capture.read.StartPoint;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void anErrorInTheReaderThreadIsToldAndNotWaitedOut() throws Exception {
        try (SourceFixture source = new SourceFixture(folder.resolve("app.db"))) {
            Plan plan = source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
                    .table("t", List.of("id"), "id")
                    .plan("m");
            new SourceInstaller(plan).install();
            AtomicReference<Throwable> told = new AtomicReference<>();
            CaptureEvents events = new CaptureEvents() {
                @Override
                public void read(Slice slice) {
                    throw new OutOfMemoryError("as if");
                }

                @Override
                public void failed(Throwable failure) {
                    told.set(failure);
                }
            };
            StartPoint start = StartPoint.claim(new SqliteFile(source.path()), plan, Optional.empty());
            try (ReadAhead slices = new ReadAhead(new BatchReader(plan, Clock.systemUTC(), start), events, () -> {})) {
                slices.start();
                await().until(() -> told.get() != null);
                assertThat(told.get()).hasMessageContaining("as if");
            }
        }
    }
}
