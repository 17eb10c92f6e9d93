package io.liteferry.sink;

import static io.liteferry.sink.Migration.USERS;
import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.stream.ConsumedStream;
import io.liteferry.sink.stream.RecordStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** While PostgreSQL takes a batch, the next ones are read, as many as memory may hold. */
class ReadAheadTest {
    /** What one poll may bring on top of what memory may hold, see {@code max.poll.records}. */
    private static final long ONE_POLL = 1_000;

    /** 64 KiB of records that weigh more than 112 bytes each. */
    private static final long MEMORY_HOLDS = 600;

    private final AtomicLong read = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    /** Counts what is read from Kafka. */
    private final class Counted implements RecordStream {
        private final RecordStream of;

        Counted(RecordStream of) {
            this.of = of;
        }

        @Override
        public void seek(long[] offsets) {
            of.seek(offsets);
        }

        @Override
        public void read(Receiver receiver, Duration patience) {
            of.read(
                    (topic, offset, key, value) -> {
                        receiver.accept(topic, offset, key, value);
                        read.addAndGet(topic == 0 ? 1 : 0);
                    },
                    patience);
            reads.incrementAndGet();
        }

        @Override
        public void limitTo(boolean[] wanted) {
            of.limitTo(wanted);
        }

        @Override
        public void applied(long[] offsets) {
            of.applied(offsets);
        }

        @Override
        public long lag(int topic) {
            return of.lag(topic);
        }

        @Override
        public boolean connected() {
            return of.connected();
        }

        @Override
        public void wakeUp() {
            of.wakeUp();
        }

        @Override
        public void close() {
            of.close();
        }
    }

    private SourceSink start(Migration m) {
        SourceSink sink = new SourceSink(
                m.plan,
                Clock.systemUTC(),
                SinkEvents.IGNORED,
                new ServiceHealth().of(m.plan, "kafka", "postgres", "stream"),
                () -> new Counted(new ConsumedStream(m.plan)));
        sink.start();
        return sink;
    }

    private static void stop(SourceSink sink) {
        sink.stop();
        sink.join();
        assertThat(sink.failure()).isNull();
    }

    /** Nobody can write to the table before this connection is given back. */
    private static Connection locked(Migration m) throws SQLException {
        Connection c = m.connect();
        c.setAutoCommit(false);
        try (Statement s = c.createStatement()) {
            s.execute("LOCK TABLE users IN SHARE MODE");
        }
        return c;
    }

    /** @param expected the last batch and how many rows there are then */
    private static void arrives(Migration m, SourceSink sink, String expected) {
        await(() -> m.rows("SELECT seq, (SELECT count(*) FROM users) FROM liteferry.applied")
                .equals(List.of(expected)));
        stop(sink);
    }

    private static void batches(Migration m, int from, int to, int records) {
        for (int b = from; b <= to; b++) {
            for (int r = 0; r < records; r++) {
                m.stream.row("users", Operation.CREATE, i((long) b * records + r), t("x".repeat(100)));
            }
            m.stream.end(b);
        }
    }

    @Test
    void whatComesBehindABatchIsReadWhilePostgresTakesIt() throws Exception {
        try (Migration m = new Migration(USERS).install();
                Connection lock = locked(m)) {
            batches(m, 1, 10, 100);
            SourceSink sink = start(m);
            await(() -> read.get() == 1_000);
            batches(m, 11, 30, 100);
            await(() -> read.get() == 3_000);
            assertThat(m.rows("SELECT seq FROM liteferry.applied")).containsExactly("0");
            lock.rollback();
            arrives(m, sink, "30|3000");
        }
    }

    @Test
    void noMoreIsReadAheadThanMemoryMayHold() throws Exception {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "65536"), USERS).install();
                Connection lock = locked(m)) {
            batches(m, 1, 40, 500);
            SourceSink sink = start(m);
            await(() -> read.get() > 0);
            long then = reads.get();
            await(() -> reads.get() > then + 10);
            assertThat(read.get()).isLessThanOrEqualTo(MEMORY_HOLDS + ONE_POLL);
            lock.rollback();
            arrives(m, sink, "40|20000");
        }
    }

    @Test
    void aSinkThatIsToStopDoesNotWaitForABatchThatPostgresDoesNotTake() throws Exception {
        try (Migration m = new Migration(USERS).install();
                Connection lock = locked(m)) {
            batches(m, 1, 1, 10);
            SourceSink sink = start(m);
            await(() -> !m.rows("SELECT FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass")
                    .isEmpty());
            stop(sink);
            assertThat(m.rows("SELECT FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"))
                    .isEmpty();
            lock.rollback();
            assertThat(m.rows("SELECT seq FROM liteferry.applied")).containsExactly("0");
            m.start();
            m.awaitApplied(1);
        }
    }
}
