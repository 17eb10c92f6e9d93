package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.change.ReverseRecord.Kind;
import io.liteferry.core.change.ReverseRecord.Operation;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The applier on a topic that is written by hand: what it must survive between any two of its steps. */
class ReverseApplierTest {
    private static final long FIRST = 1L << 40;

    @TempDir
    Path folder;

    private ReverseSides sides;
    private Producer<byte[], byte[]> producer;
    private long transaction;
    private long last;

    @BeforeEach
    void fenced() {
        sides = new ReverseSides(
                        folder,
                        List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER UNIQUE)"),
                        TablePlan.simple(
                                "t",
                                KeyPlan.primaryKey("id"),
                                List.of(
                                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                                .notNull(),
                                        ColumnPlan.plain("n", TargetType.of(TargetType.Kind.BIGINT)))))
                .fenced();
        producer = KafkaClients.of(sides.plan.options()).producer("test");
    }

    @AfterEach
    void close() {
        producer.close();
        sides.close();
    }

    private void send(ReverseRecord record) {
        try {
            producer.send(new ProducerRecord<>(TopicNames.of(sides.plan).reverse(), 0, new byte[0], Json.bytes(record)))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private ReverseRecord change(Operation op, long id, @Nullable Long n) {
        Map<String, @Nullable String> after = new LinkedHashMap<>();
        if (op != Operation.DELETE) {
            after.put("id", String.valueOf(id));
            after.put("n", n == null ? null : String.valueOf(n));
        }
        return new ReverseRecord(
                Kind.CHANGE,
                transaction,
                0,
                0,
                "t",
                op,
                Map.of("id", String.valueOf(id)),
                Map.of(),
                after,
                List.of(),
                "");
    }

    private ReverseRecord insert(long id, @Nullable Long n) {
        return change(Operation.CREATE, id, n);
    }

    private void send(long lsn, ReverseRecord... changes) {
        transaction++;
        send(ReverseRecord.begin(transaction, 0, 0));
        for (ReverseRecord c : changes) {
            send(c);
        }
        if (lsn != 0) {
            send(ReverseRecord.end(transaction, FIRST + lsn, 0));
            last = Math.max(last, lsn);
        }
    }

    private ReverseApplier applier(ReverseEvents events) {
        return new ReverseApplier(sides.plan, Clock.systemUTC(), events);
    }

    /** Steps until it ends by itself, or has had time enough. */
    private static void run(ReverseApplier applier) {
        for (int i = 0; i < 100; i++) {
            applier.step();
        }
    }

    private List<String> rows() {
        return sides.source("SELECT id, n FROM t ORDER BY id");
    }

    /** Steps until everything that the topic holds now was read; returns the transactions that were written. */
    private List<Long> drain() {
        List<Long> written = new ArrayList<>();
        drain(applier(new ReverseEvents() {
            @Override
            public void written(List<ReverseRecord> transaction) {
                transaction.stream()
                        .filter(r -> r.kind() == Kind.CHANGE)
                        .map(ReverseRecord::transaction)
                        .distinct()
                        .forEach(written::add);
            }
        }));
        return written;
    }

    private void drain(ReverseApplier opened) {
        try (ReverseApplier applier = opened) {
            String mark = "m" + transaction;
            send(last + 1, ReverseRecord.mark(0, 0, 0, mark));
            for (int i = 0; i < 200 && !applier.position().mark().equals(mark); i++) {
                applier.step();
            }
            assertThat(applier.position().mark()).isEqualTo(mark);
        }
    }

    @Test
    void killed_between_any_two_steps_it_applies_every_transaction_once() {
        for (int point = 0; point < 3; point++) {
            int dies = point;
            long id = 10L * (point + 1);
            long before = transaction;
            // Not idempotent on purpose: the second insert of a key would go to quarantine, the second delete find
            // another row.
            send(id, insert(id, id), insert(id + 1, null));
            send(id + 1, change(Operation.DELETE, id, null), insert(id, id + 1));
            ReverseEvents events = new ReverseEvents() {
                @Override
                public void written(List<ReverseRecord> transaction) {
                    die(0);
                }

                @Override
                public void committing(ReversePosition position) {
                    die(1);
                }

                @Override
                public void committed(ReversePosition position, long quarantined) {
                    die(2);
                }

                private void die(int here) {
                    if (here == dies) {
                        throw new IllegalStateException("killed");
                    }
                }
            };
            try (ReverseApplier applier = applier(events)) {
                assertThatThrownBy(() -> run(applier)).hasMessage("killed");
            }
            assertThat(rows().contains(id + "|" + (id + 1))).isEqualTo(point == 2);
            // What was committed is not written again, what was not is.
            assertThat(drain()).isEqualTo(dies == 2 ? List.of() : List.of(before, before + 1));
            assertThat(rows()).contains(id + "|" + (id + 1), (id + 1) + "|null");
        }
        assertThat(rows()).hasSize(6);
        assertThat(sides.source("SELECT count(*) FROM _liteferry_quarantine")).isEqualTo(List.of("0"));
        assertThat(sides.source("SELECT fenced FROM _liteferry_meta")).isEqualTo(List.of("1"));
    }

    @Test
    void a_transaction_that_stands_twice_is_applied_once_and_one_that_was_cut_off_is_replaced() {
        send(1, insert(1, 1L));
        // The engine begins again where the slot stands.
        send(1, insert(1, 100L));
        send(0, insert(2, 2L), insert(3, 3L));
        send(2, insert(2, 2L));
        drain();

        assertThat(rows()).isEqualTo(List.of("1|1", "2|2"));
    }

    @Test
    void what_ends_below_the_position_of_the_fence_never_comes_back() {
        send(-FIRST + 1, insert(1, 1L));
        send(1, insert(2, 2L));
        drain();

        assertThat(rows()).isEqualTo(List.of("2|2"));
    }

    private ReverseApplier withLittleMemory(ReverseEvents events) {
        Plan little = sides.plan.withOptions(sides.plan.options().with(Options.BATCH_MEMORY_BYTES, "1024"));
        return new ReverseApplier(little, Clock.systemUTC(), events);
    }

    @Test
    void a_transaction_larger_than_memory_is_written_as_it_is_read_and_comes_all_at_once() {
        List<List<String>> seen = new ArrayList<>();
        ReverseEvents looking = new ReverseEvents() {
            @Override
            public void written(List<ReverseRecord> transaction) {
                seen.add(rows());
            }
        };
        ReverseRecord[] many = new ReverseRecord[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = insert(i, (long) i);
        }
        send(1, insert(1_000, 1_000L));
        send(0, many);
        send(2, many);
        send(2, many);
        drain(withLittleMemory(looking));

        assertThat(rows()).hasSize(101);
        assertThat(seen).hasSizeGreaterThan(10).allMatch(rows -> rows.size() <= 1 || rows.size() == 101);
    }

    @Test
    void a_swap_that_is_larger_than_memory_is_refused_and_done_with_more() {
        ReverseRecord[] first = new ReverseRecord[50];
        ReverseRecord[] swapped = new ReverseRecord[50];
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            first[i] = insert(i, (long) i);
            swapped[i] = change(Operation.UPDATE, i, (long) (i + 1) % 50);
            expected.add(i + "|" + (i + 1) % 50);
        }
        send(1, first);
        send(2, swapped);
        try (ReverseApplier applier = withLittleMemory(new ReverseEvents() {})) {
            assertThatThrownBy(() -> run(applier))
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVERSE_FAILED))
                    .hasMessageContaining("Raise batch.memory.bytes");
        }
        drain();

        assertThat(rows()).isEqualTo(expected);
    }

    @Test
    void a_source_that_is_not_fenced_is_never_written() {
        send(1, insert(1, 1L));
        sides.source("UPDATE _liteferry_meta SET fenced = 0");
        try (ReverseApplier applier = applier(new ReverseEvents() {})) {
            assertThatThrownBy(() -> run(applier)).hasMessageContaining("is not fenced");
        }
        assertThat(rows()).isEmpty();
    }
}
