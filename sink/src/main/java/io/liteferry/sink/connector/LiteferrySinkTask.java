package io.liteferry.sink.connector;

import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.plan.Plan;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the records of the sources whose partitions it is given. Each source is written by a thread of its own, as in the
 * service, so a long transaction keeps neither another source nor Connect's group waiting. A source that cannot go on is
 * told and left out, and the task ends when none is left.
 */
public final class LiteferrySinkTask extends SinkTask {
    private static final Logger LOG = LoggerFactory.getLogger(LiteferrySinkTask.class);
    /** How soon Connect comes back where no record does: what a sink's thread asks for is carried out then. */
    private static final long LOOK_MILLIS = 50;

    private final Map<Integer, HandedSource> sources = new HashMap<>();

    @Override
    public String version() {
        return LiteferrySinkConnector.VERSION;
    }

    @Override
    public void start(Map<String, String> configuration) {
        for (Plan plan : ConnectorConfiguration.plan(configuration).perSource()) {
            sources.put(plan.partition(), new HandedSource(plan, Clock.systemUTC()));
        }
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        partitions.forEach(p -> source(p).open(p.topic()));
    }

    /** The partitions go to another task: it raises the generation, and what this one has not applied it reads again. */
    @Override
    public void close(Collection<TopicPartition> partitions) {
        List<HandedSource> closed =
                partitions.stream().map(this::source).distinct().toList();
        closed.forEach(HandedSource::stop);
        closed.forEach(HandedSource::join);
        partitions.forEach(p -> source(p).close(p.topic()));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        for (SinkRecord r : records) {
            HandedSource source = sources.get(r.originalKafkaPartition());
            if (source != null) {
                source.hand(r);
            }
        }
        sources.values().forEach(s -> s.serve(context));
        endIfNoneIsLeft();
        context.timeout(LOOK_MILLIS);
    }

    private void endIfNoneIsLeft() {
        List<Throwable> failures = new ArrayList<>();
        for (HandedSource source : sources.values()) {
            if (source.isWhole() && source.failure().isEmpty()) {
                return;
            }
            source.failure().ifPresent(failures::add);
        }
        if (!failures.isEmpty()) {
            Throwable last = failures.get(failures.size() - 1);
            // The REST interface shows the trace, which begins with this message.
            throw new ConnectException(last.getMessage(), last);
        }
    }

    /** What Connect may commit: the offsets that PostgreSQL holds, never what was only read. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> safe = new HashMap<>();
        sources.values().forEach(s -> safe.putAll(s.applied()));
        safe.keySet().retainAll(current.keySet());
        return safe;
    }

    @Override
    public void stop() {
        sources.values().forEach(HandedSource::stop);
        sources.values().forEach(HandedSource::join);
        sources.clear();
        LOG.info("Sink task stopped");
    }

    private HandedSource source(TopicPartition p) {
        HandedSource source = sources.get(p.partition());
        if (source == null) {
            throw new ConnectException(
                    "LF-302 Opening " + p + ": the migration file names " + sources.size()
                            + " sources, and each is one partition. Give this worker the migration file that apply was run with.");
        }
        return source;
    }
}
