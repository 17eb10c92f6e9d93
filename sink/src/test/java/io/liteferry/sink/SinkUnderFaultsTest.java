package io.liteferry.sink;

import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random batches of every size against sinks that are stopped, replaced and cut off, with so little memory that many
 * batches are spooled; a unique index gets in the way all the time.
 */
class SinkUnderFaultsTest {
    private static final TablePlan ITEMS = new TablePlan(
            "items",
            "items",
            KeyPlan.primaryKey("id"),
            List.of(
                    ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                    ColumnPlan.plain("name", TargetType.of(Kind.TEXT))),
            Optional.empty(),
            List.of(new IndexPlan("items_name", true, false, List.of("\"name\""), Optional.empty())),
            List.of(),
            0,
            true);
    private static final TablePlan PARTS = new TablePlan(
            "parts",
            "parts",
            KeyPlan.primaryKey("id"),
            List.of(
                    ColumnPlan.plain("id", TargetType.of(Kind.TEXT)).notNull().comparedByBytes(),
                    ColumnPlan.plain("n", TargetType.of(Kind.INTEGER))),
            Optional.of(new PartitionPlan.ByHash(List.of("id"), 3)),
            List.of(),
            List.of(),
            0,
            true);

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theTargetIsTheSourceInTheEnd(long seed) {
        play(seed, 60);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void theTargetIsTheSourceInTheEndOfLongRuns(long seed) {
        play(seed, 600);
    }

    private static void play(long seed, int batches) {
        Random random = new Random(seed);
        TreeMap<Long, String> items = new TreeMap<>();
        TreeMap<String, Long> parts = new TreeMap<>();
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "8192"), ITEMS, PARTS).install()) {
            SinkService sink = claiming(m);
            for (int n = 1; n <= batches; n++) {
                int size = random.nextInt(10) == 0 ? 600 : random.nextInt(20);
                for (int k = 0; k < size; k++) {
                    if (random.nextBoolean()) {
                        changeItem(random, m.stream, items);
                    } else {
                        changePart(random, m.stream, parts);
                    }
                }
                if (random.nextInt(15) == 0) {
                    m.stream.flush(); // a capture that died: its successor sends what it has not ended
                    m.stream.epoch(n + 1L);
                    items.forEach((id, name) -> m.stream.row("items", Operation.UPDATE, i(id), t(name)));
                    parts.forEach((id, value) -> m.stream.row("parts", Operation.UPDATE, t(id), i(value)));
                    absent(m.stream, items, parts);
                }
                m.stream.end(n);
                int fault = random.nextInt(12);
                if (fault == 0) {
                    sink.close();
                    sink = claiming(m);
                } else if (fault == 1) {
                    sink = claiming(m); // the other is still there, and is fenced
                } else if (fault == 2) {
                    m.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'liteferry-sink' AND datname = current_database()");
                }
            }
            m.awaitApplied(batches);
            assertThat(sink.failure()).as("seed %d", seed).isNull();
            assertThat(m.rows("SELECT id, name FROM items ORDER BY id"))
                    .as("seed %d", seed)
                    .isEqualTo(items.entrySet().stream()
                            .map(e -> e.getKey() + "|" + e.getValue())
                            .toList());
            assertThat(m.rows("SELECT id, n FROM parts ORDER BY id"))
                    .as("seed %d", seed)
                    .isEqualTo(parts.entrySet().stream()
                            .map(e -> e.getKey() + "|" + e.getValue())
                            .toList());
        }
    }

    /** A sink that has claimed the row: of two that start at once the later claim wins, whichever was started last. */
    private static SinkService claiming(Migration m) {
        long before = generation(m);
        SinkService sink = m.start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> generation(m) > before);
        return sink;
    }

    private static long generation(Migration m) {
        return m.rows("SELECT generation FROM liteferry.applied").stream()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static void changeItem(Random random, HandMadeStream stream, Map<Long, String> items) {
        long id = random.nextInt(40);
        if (random.nextInt(4) == 0) {
            items.remove(id);
            stream.delete("items", i(id));
        } else {
            String name = "name " + random.nextInt(300);
            items.put(id, name);
            stream.row("items", Operation.UPDATE, i(id), t(name));
        }
    }

    private static void changePart(Random random, HandMadeStream stream, Map<String, Long> parts) {
        String id = "p" + random.nextInt(40);
        if (random.nextInt(4) == 0) {
            parts.remove(id);
            stream.delete("parts", t(id));
        } else {
            long value = random.nextInt(1_000);
            parts.put(id, value);
            stream.row("parts", Operation.CREATE, t(id), i(value));
        }
    }

    private static void absent(HandMadeStream stream, Map<Long, String> items, Map<String, Long> parts) {
        for (long id = 0; id < 40; id++) {
            if (!items.containsKey(id)) {
                stream.delete("items", i(id));
            }
            if (!parts.containsKey("p" + id)) {
                stream.delete("parts", t("p" + id));
            }
        }
    }
}
