package io.liteferry.capture.feedback;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the last END in {@code <name>.transaction}. Batches are named by epoch and number, and both begin again with
 * each installation: where an earlier one has left its batches, a sink would pass over ours as applied long ago.
 */
public final class EndTopic {
    private static final Logger LOG = LoggerFactory.getLogger(EndTopic.class);

    private EndTopic() {}

    /**
     * @param last the last END in the topic
     * @throws LiteferryException {@link ErrorCode#TOPIC_UNFIT} where it is of another log or source
     */
    public static void refuseOtherLog(Plan plan, Optional<BatchEnd> last, Position own) {
        boolean otherLog =
                last.isPresent() && !last.get().position().logIdentity().equals(own.logIdentity());
        // A log that was begun with apply --restart starts above every epoch that the topics hold of this source.
        boolean above = otherLog
                && last.get().source().equals(plan.source())
                && last.get().position().epoch() < own.epoch();
        if (otherLog && !above) {
            throw new LiteferryException(
                    ErrorCode.TOPIC_UNFIT,
                    "Starting capture of " + plan.source() + " on log " + own.logIdentity() + ": partition "
                            + plan.partition()
                            + " of its topics holds batches of log "
                            + last.get().position().logIdentity() + " of source "
                            + last.get().source()
                            + ", an earlier installation or another source. Put the sources of the migration file back into their"
                            + " places; or, if this file is the one to migrate, stop the services and"
                            + " liteferry apply --config … --restart.");
        }
    }

    /** The epoch of the last END; 0 where there is none. */
    public static long epoch(KafkaClients clients, Plan plan) {
        return last(clients, plan).map(e -> e.position().epoch()).orElse(0L);
    }

    /**
     * Empty where there is none that can be read.
     *
     * @throws LiteferryException {@link ErrorCode#KAFKA_UNREACHABLE}
     */
    public static Optional<BatchEnd> last(KafkaClients clients, Plan plan) {
        TopicPartition partition = new TopicPartition(TopicNames.of(plan).transaction(), plan.partition());
        Optional<BatchEnd> last = Optional.empty();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("liteferry-capture-ends-" + plan.source())) {
            consumer.assign(List.of(partition));
            long first = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seek(partition, Math.max(first, end - 1));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    if (r.value() == null || r.value().length == 0 || r.value()[0] != '{') {
                        LOG.warn(
                                "The last END is not JSON: it cannot be told whether the topics are of this log topic={} offset={}",
                                partition.topic(),
                                r.offset());
                        continue;
                    }
                    last = Optional.of(Json.readRecord(r.value(), BatchEnd.class, partition + " offset " + r.offset()));
                }
            }
        } catch (KafkaException e) {
            throw new LiteferryException(
                    ErrorCode.KAFKA_UNREACHABLE,
                    "Reading the last END of " + plan.source() + " from " + partition + ": " + e.getMessage()
                            + " Check bootstrap.servers and that the brokers are up, then try again.",
                    e);
        }
        return last;
    }
}
