package io.liteferry.capture.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of a task that can be read, each asked in its turn; and why the others cannot. */
final class Streams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

    private final List<SourceStream> open = new CopyOnWriteArrayList<>();
    private final Map<String, SourceStream> byName = new ConcurrentHashMap<>();
    private @Nullable RuntimeException lastLoss;
    private int turn;

    void add(SourceStream stream) {
        byName.put(stream.name(), stream);
        open.add(stream);
    }

    /** Notes a source that cannot be read on. */
    void lost(String source, RuntimeException why) {
        lastLoss = why;
        LOG.error("Source stopped source={} reason={}", source, why.getMessage());
    }

    /**
     * The records of the next source that has some; empty where none has.
     *
     * @throws RuntimeException why the last of the sources ended
     */
    List<SourceRecord> next() {
        for (int asked = open.size(); asked > 0 && !open.isEmpty(); asked--) {
            turn = (turn + 1) % open.size();
            SourceStream stream = open.get(turn);
            try {
                List<SourceRecord> records = stream.poll();
                if (!records.isEmpty()) {
                    return records;
                }
            } catch (RuntimeException e) {
                open.remove(stream);
                stream.close();
                lost(stream.name(), e);
            }
        }
        failIfNoneIsLeft();
        return List.of();
    }

    /** @throws RuntimeException why the last of the sources ended */
    void failIfNoneIsLeft() {
        if (open.isEmpty() && lastLoss != null) {
            throw lastLoss;
        }
    }

    /** @param written false where the record will never be in Kafka */
    void commit(SourceRecord record, boolean written) {
        String source = String.valueOf(record.sourcePartition().get(StoredOffset.SOURCE));
        Optional.ofNullable(byName.get(source)).ifPresent(s -> s.commit(record, written));
    }

    @Override
    public void close() {
        open.forEach(SourceStream::close);
        open.clear();
    }
}
