package io.liteferry.sink.stream;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the brokers say of a source's topics: whether they are the ones the target was read from, whether they keep what the
 * target still needs, where they begin and end.
 */
public final class SourceTopics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceTopics.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_MILLIS = 200;
    private static final String KEEP = "-1";

    private final Plan plan;
    private final BooleanSupplier stopping;
    private final List<String> names;
    private final Admin admin;
    private Map<String, String> ids = Map.of();

    /** @param stopping ends a wait for the brokers with a {@link WakeupException} */
    public SourceTopics(Plan plan, BooleanSupplier stopping) {
        this.plan = plan;
        this.stopping = stopping;
        names = TopicNames.of(plan).stream(plan);
        admin = KafkaClients.of(plan.options()).admin("liteferry-sink-admin-" + plan.source());
    }

    /**
     * Checks the topics against the protocol and against what was stored.
     *
     * @param stored by topic; one that is not there is read from its beginning
     * @return where reading starts, by topic number
     */
    public long[] open(Map<String, TopicOffset> stored) {
        Map<String, TopicDescription> found =
                get("Describing the topics", admin.describeTopics(names).allTopicNames());
        found.forEach((topic, t) -> Topics.partitionProblem(
                        topic, t.partitions().size(), plan.partitions())
                .ifPresent(problem -> {
                    throw new LiteferryException(ErrorCode.TOPIC_UNFIT, problem);
                }));
        ids = found.values().stream()
                .collect(Collectors.toMap(
                        TopicDescription::name, t -> t.topicId().toString()));
        names.forEach(topic -> demandSame(topic, stored.get(topic)));
        demandKept();
        long[] first = offsets(OffsetSpec.earliest());
        long[] end = offsets(OffsetSpec.latest());
        long[] next = new long[names.size()];
        for (int i = 0; i < next.length; i++) {
            TopicOffset from = stored.get(names.get(i));
            next[i] = from == null ? first[i] : from.next();
            if (next[i] < first[i] || next[i] > end[i]) {
                throw lost(names.get(i) + " has offsets " + first[i] + " to " + end[i] + ", the target needs " + next[i]
                        + " on");
            }
        }
        return next;
    }

    private void demandSame(String topic, @Nullable TopicOffset stored) {
        String id = ids.getOrDefault(topic, "");
        if (stored != null && !stored.id().isEmpty() && !stored.id().equals(id)) {
            String cluster =
                    get("Asking for the cluster's id", admin.describeCluster().clusterId());
            throw new LiteferryException(
                    ErrorCode.TOPIC_REPLACED,
                    "Opening topic " + topic + " on Kafka cluster " + cluster + ": its id is " + id
                            + ", the target was read from one with id " + stored.id()
                            + ". The topic was deleted and made again, or bootstrap.servers leads to another cluster."
                            + " Nothing was read. Give the brokers of before, or start a new migration with liteferry"
                            + " uninstall and apply.");
        }
    }

    /** A compacted topic loses records of a batch; an END that expires is a batch that never comes. */
    private void demandKept() {
        List<ConfigResource> resources = names.stream()
                .map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t))
                .toList();
        Map<ConfigResource, Config> configs = get(
                "Reading the settings of the topics",
                admin.describeConfigs(resources).all());
        configs.forEach((resource, config) -> {
            String topic = resource.name();
            String policy = value(config, "cleanup.policy");
            if (!policy.equals("delete")) {
                throw unfit(topic, "cleanup.policy", policy, "delete");
            }
            for (String retention : List.of("retention.ms", "retention.bytes")) {
                String limit = value(config, retention);
                if (!limit.equals(KEEP) && topic.equals(TopicNames.of(plan).transaction())) {
                    throw unfit(topic, retention, limit, KEEP);
                }
                if (!limit.equals(KEEP)) {
                    LOG.warn("records may expire before they are applied topic={} {}={}", topic, retention, limit);
                }
            }
        });
    }

    private static String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? "" : String.valueOf(entry.value());
    }

    private static LiteferryException unfit(String topic, String setting, String found, String wanted) {
        return new LiteferryException(
                ErrorCode.TOPIC_UNFIT,
                "Opening topic " + topic + ": " + setting + " is " + found
                        + ", and Kafka may drop records that the target"
                        + " still needs. Set it: kafka-configs.sh --alter --entity-type topics --entity-name " + topic
                        + " --add-config " + setting + "=" + wanted);
    }

    /** The offsets to store, beside the ids of the topics they belong to. */
    public Map<String, TopicOffset> stored(long[] next) {
        Map<String, TopicOffset> stored = new HashMap<>();
        for (int i = 0; i < next.length; i++) {
            String topic = names.get(i);
            stored.put(topic, new TopicOffset(ids.getOrDefault(topic, ""), next[i]));
        }
        return stored;
    }

    /** Where each topic ends now, by number. */
    public long[] endOffsets() {
        return offsets(OffsetSpec.latest());
    }

    private long[] offsets(OffsetSpec spec) {
        List<TopicPartition> partitions =
                names.stream().map(t -> new TopicPartition(t, plan.partition())).toList();
        var found = get(
                "Asking where the topics begin and end",
                admin.listOffsets(partitions.stream().collect(Collectors.toMap(Function.identity(), p -> spec)))
                        .all());
        return partitions.stream()
                .mapToLong(p -> found.containsKey(p) ? found.get(p).offset() : 0)
                .toArray();
    }

    /**
     * A gap of offsets in what was read: transactions of a producer leave such, and so does a loss, which a reader that is
     * put back to the topic's beginning would not tell.
     */
    void demandNoneLost(int topic, long expected, long found) {
        long first = offsets(OffsetSpec.earliest())[topic];
        if (found < expected || first > expected) {
            throw lost(names.get(topic) + " gave offset " + found + " where " + expected + " was next, and begins at "
                    + first);
        }
    }

    static LiteferryException lost(String found) {
        return new LiteferryException(
                ErrorCode.RECORDS_LOST,
                "Reading from the applied position: " + found
                        + ". Records that the target still needs are gone; nothing was skipped. Restore the topics, or"
                        + " start a new migration with liteferry uninstall and apply.");
    }

    static LiteferryException unreachable(String tried, Exception e) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                tried + ": " + e.getMessage()
                        + ". Check bootstrap.servers, that the brokers are up, and the rights of this client.",
                e);
    }

    private <T> T get(String tried, KafkaFuture<T> answer) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (stopping.getAsBoolean()) {
                    throw new WakeupException();
                }
                if (System.nanoTime() - until > 0) {
                    throw unreachable(tried, new TimeoutException("no answer in 30 s"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WakeupException();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    throw new LiteferryException(
                            ErrorCode.TOPIC_UNFIT,
                            tried + " of " + plan.name() + ": one of " + names
                                    + " does not exist. Run liteferry apply --config … first.",
                            e);
                }
                throw unreachable(tried, e.getCause() instanceof Exception cause ? cause : e);
            }
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
