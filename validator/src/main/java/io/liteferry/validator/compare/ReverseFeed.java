package io.liteferry.validator.compare;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What PostgreSQL has changed since the switch, read from {@code <name>.reverse}. A mark that is written to PostgreSQL's
 * log after a snapshot was taken says where the topic covers that snapshot: commits stand in it in their order.
 */
final class ReverseFeed implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Writers may be held meanwhile; the client's own limit is a minute. */
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private static final int MOST_KEYS = 100_000;

    private final TopicPartition partition;
    private final Consumer<byte[], byte[]> consumer;
    private final Connection marks;

    ReverseFeed(Plan plan, PgConnections connections) {
        this.partition = new TopicPartition(TopicNames.of(plan).reverse(), plan.partition());
        this.marks = connections.open("liteferry-validator-mark", "Preparing a connection for marks", c -> {
            c.setAutoCommit(true);
            return c;
        });
        try {
            this.consumer = KafkaClients.of(plan.options()).consumer("liteferry-validator-" + plan.source());
            consumer.assign(List.of(partition));
        } catch (RuntimeException e) {
            throw PgConnections.closing(marks, e);
        }
    }

    /** Writes a mark; everything that was committed before stands before it in the topic. */
    String mark() {
        String mark = ReverseRecord.CHECK_MARK + UUID.randomUUID();
        try (PreparedStatement ps = marks.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?)")) {
            ps.setString(1, ReverseRecord.MARK_PREFIX);
            ps.setString(2, mark);
            ps.execute();
            return mark;
        } catch (SQLException e) {
            throw PgConnections.failure("Writing a mark to PostgreSQL's log", e);
        }
    }

    /** Whatever PostgreSQL has committed up to now, from an offset on. */
    FeedStretch untilNow(long offset) throws NotComparableException {
        String mark = mark();
        return read(offset, Long.MAX_VALUE, MOST_KEYS, mark);
    }

    /** The records from one offset up to another, fewer where they name so many keys. */
    FeedStretch between(long offset, long end, int mostKeys) throws NotComparableException {
        return read(offset, end, mostKeys, "");
    }

    private FeedStretch read(long offset, long end, int mostKeys, String mark) throws NotComparableException {
        FeedStretch stretch = new FeedStretch(offset);
        long started = System.nanoTime();
        try {
            consumer.seek(partition, offset);
            while (stretch.end() < end && stretch.count() < mostKeys) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(POLL)) {
                    if (r.offset() >= end || stretch.count() >= mostKeys) {
                        break;
                    }
                    stretch.add(
                            r.offset(), Json.read(r.value(), ReverseRecord.class, partition + " offset " + r.offset()));
                    if (stretch.marks().containsKey(mark)) {
                        return stretch;
                    }
                }
                if (System.nanoTime() - started > PATIENCE_NANOS) {
                    throw forNow("the reverse feed has not come to where PostgreSQL is");
                }
            }
        } catch (InvalidOffsetException e) {
            throw new NotComparableException(
                    NotComparableException.Kind.LOG_BROKEN, "Kafka no longer has " + partition + " offset " + offset);
        } catch (KafkaException e) {
            throw forNow("Kafka does not answer: " + e);
        }
        if (!mark.isEmpty()) {
            throw forNow("the source is more than " + MOST_KEYS + " changed keys behind PostgreSQL");
        }
        return stretch;
    }

    private static NotComparableException forNow(String reason) {
        return new NotComparableException(NotComparableException.Kind.FOR_NOW, reason);
    }

    /** Offset of the record that comes next. */
    long end() throws NotComparableException {
        try {
            return consumer.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L);
        } catch (KafkaException e) {
            throw forNow("Kafka does not answer: " + e);
        }
    }

    @Override
    public void close() {
        try (Consumer<byte[], byte[]> c = consumer;
                Connection m = marks) {
            // both are closed, whichever fails
        } catch (SQLException e) {
            throw PgConnections.failure("Closing a connection", e);
        }
    }
}
