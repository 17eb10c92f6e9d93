package io.liteferry.sink.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.SinkEvents;
import io.liteferry.sink.SourceSink;
import io.liteferry.sink.stream.HandedStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** One source of a task: its sink runs while all its partitions are assigned. Used by Connect's thread of the task alone. */
final class HandedSource {
    /** How long the partitions of a source may come one after the other. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Plan plan;
    private final Clock clock;
    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> assigned = new HashSet<>();
    private final Set<Integer> paused = new HashSet<>();
    private HandedStream stream = new HandedStream(0);
    private @Nullable SourceSink sink;
    private long openedAt;

    HandedSource(Plan plan, Clock clock) {
        this.plan = plan;
        this.clock = clock;
        names = TopicNames.of(plan).stream(plan);
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), i);
        }
    }

    /** Begins once the last topic is there. */
    void open(String topic) {
        if (assigned.isEmpty()) {
            openedAt = System.nanoTime();
        }
        assigned.add(topic);
        if (isWhole() && sink == null) {
            HandedStream handed = new HandedStream(names.size());
            stream = handed;
            sink = new SourceSink(
                    plan,
                    clock,
                    SinkEvents.IGNORED,
                    new ServiceHealth().of(plan, "kafka", "postgres", "stream"),
                    () -> handed);
            sink.start();
        }
    }

    void close(String topic) {
        assigned.remove(topic);
        sink = null;
        paused.clear();
    }

    boolean isWhole() {
        return assigned.containsAll(names);
    }

    void hand(SinkRecord r) {
        Integer topic = numbers.get(r.originalTopic());
        if (topic != null && sink != null) {
            stream.hand(topic, r.originalKafkaOffset(), bytes(r, r.key()), bytes(r, r.value()));
        }
    }

    private static byte @Nullable [] bytes(SinkRecord r, @Nullable Object value) {
        if (value == null || value instanceof byte[]) {
            return (byte[]) value;
        }
        throw new DataException("LF-304 Reading topic " + r.originalTopic() + " offset " + r.originalKafkaOffset()
                + ": the worker's converter made a " + value.getClass().getSimpleName()
                + " of it. Set key.converter and value.converter to ByteArrayConverter.");
    }

    /** Carries out what the sink's thread has asked for. */
    void serve(SinkTaskContext context) {
        if (sink == null) {
            return;
        }
        stream.takeSeek().ifPresent(offsets -> {
            Map<TopicPartition, Long> seek = new HashMap<>();
            for (int i = 0; i < offsets.length; i++) {
                seek.put(partition(i), offsets[i]);
            }
            context.offset(seek);
        });
        boolean[] wanted = failure().isEmpty() ? stream.wanted() : new boolean[names.size()];
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i] && paused.add(i)) {
                pause.add(partition(i));
            } else if (wanted[i] && paused.remove(i)) {
                resume.add(partition(i));
            }
        }
        if (!pause.isEmpty()) {
            context.pause(pause.toArray(TopicPartition[]::new));
        }
        if (!resume.isEmpty()) {
            context.resume(resume.toArray(TopicPartition[]::new));
        }
    }

    private TopicPartition partition(int topic) {
        return new TopicPartition(names.get(topic), plan.partition());
    }

    Map<TopicPartition, OffsetAndMetadata> applied() {
        Map<TopicPartition, OffsetAndMetadata> applied = new HashMap<>();
        if (sink != null) {
            stream.applied().ifPresent(offsets -> {
                for (int i = 0; i < offsets.length; i++) {
                    applied.put(partition(i), new OffsetAndMetadata(offsets[i]));
                }
            });
        }
        return applied;
    }

    Optional<Throwable> failure() {
        SourceSink running = sink;
        if (running != null) {
            return Optional.ofNullable(running.failure());
        }
        if (assigned.isEmpty() || isWhole() || System.nanoTime() - openedAt < PATIENCE_NANOS) {
            return Optional.empty();
        }
        Set<String> missing = new TreeSet<>(names);
        missing.removeAll(assigned);
        return Optional.of(new LiteferryException(
                ErrorCode.TOPIC_UNFIT,
                "Taking source " + plan.source() + ": this task was given partition " + plan.partition()
                        + " of some of its topics only, not of " + missing
                        + ". Name all topics in topics, and leave the consumer's assignor at Connect's own."));
    }

    void stop() {
        if (sink != null) {
            sink.stop();
        }
    }

    void join() {
        if (sink != null) {
            sink.join();
        }
    }
}
