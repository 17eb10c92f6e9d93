package io.liteferry.capture.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the records of its sources, in turn. Each is read by a thread of its own, so a slow file keeps no other
 * waiting; one that cannot be read on is told and left out, and the task ends when none is left.
 */
public final class LiteferrySourceTask extends SourceTask {
    private static final Logger LOG = LoggerFactory.getLogger(LiteferrySourceTask.class);
    private static final long WAIT_MILLIS = 50;

    private final Semaphore bell = new Semaphore(0);
    private @Nullable TaskContext task;
    private Streams streams = new Streams();

    @Override
    public String version() {
        return LiteferrySourceConnector.VERSION;
    }

    @Override
    public void start(Map<String, String> configuration) {
        TaskContext given = TaskContext.of(configuration);
        RequiredTopics.check(KafkaClients.of(given.plan().options()), given.plan());
        task = given;
        Streams opened = new Streams();
        streams = opened;
        try {
            for (Plan plan : given.plan().perSource()) {
                try {
                    opened.add(new SourceStream(plan, given, this::stored, bell::release));
                } catch (LiteferryException e) {
                    if (e.code() == ErrorCode.KAFKA_UNREACHABLE) {
                        throw e;
                    }
                    given.events().of(plan).failed(e);
                    opened.lost(plan.source(), e);
                }
            }
            opened.failIfNoneIsLeft();
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private Optional<Map<String, Object>> stored(Map<String, String> partition) {
        return context == null || context.offsetStorageReader() == null
                ? Optional.empty()
                : Optional.ofNullable(context.offsetStorageReader().offset(partition));
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        TaskContext running = task;
        if (running == null) {
            return null;
        }
        bell.drainPermits();
        List<SourceRecord> records = streams.next();
        if (records.isEmpty() && bell.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
            records = streams.next();
        }
        if (records.isEmpty()) {
            return null;
        }
        return running.host() == TaskContext.Host.ENGINE ? List.of(new Bundle(records)) : records;
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        TaskContext running = task;
        if (running != null) {
            boolean written = metadata != null || running.host() == TaskContext.Host.ENGINE;
            streams.commit(record, written);
        }
    }

    @Override
    public void stop() {
        if (task != null) {
            task = null;
            streams.close();
            LOG.info("Capture task stopped");
        }
    }
}
