package io.liteferry.sink.stream;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.sink.batch.BatchAssembler;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.batch.JsonChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes and ENDs of records and gives them to the assembler. Each topic is read without a gap: where one shows, the
 * topic is asked whether it lost records.
 */
public final class RecordDecoder implements RecordStream.Receiver {
    private final Plan plan;
    private final List<TablePlan> tables;
    private final List<String> names;
    private final SourceTopics topics;
    private final BatchAssembler assembler;
    private final long[] next;
    private final PackedReader packed = new PackedReader();
    /** Of records that these columns do not fit, one a batch: the next run reads those behind a change of columns again. */
    private final Map<BatchId, LiteferryException> unfit = new HashMap<>();

    /**
     * @param now the plan with the columns that the target has
     * @param offsets where reading starts, by topic number
     */
    public RecordDecoder(Plan now, SourceTopics topics, BatchAssembler assembler, long[] offsets) {
        this.plan = now;
        this.tables = now.tables();
        this.names = TopicNames.of(now).stream(now);
        this.topics = topics;
        this.assembler = assembler;
        this.next = offsets.clone();
    }

    @Override
    public void accept(int topic, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        if (offset != next[topic]) {
            topics.demandNoneLost(topic, next[topic], offset);
        }
        next[topic] = offset + 1;
        if (value == null) {
            assembler.skip(topic, offset);
        } else if (topic == tables.size()) {
            assembler.end(offset, end(value, names.get(topic) + " offset " + offset));
        } else {
            assembler.record(topic, change(topic, offset, key == null ? new byte[0] : key, value));
        }
    }

    /** An END of this source: a list of sources that was put in another order would mix two of them. */
    private BatchEnd end(byte[] value, String where) {
        BatchEnd end = Json.readRecord(value, BatchEnd.class, where);
        if (!end.source().equals(plan.source())) {
            throw new LiteferryException(
                    ErrorCode.TOPIC_UNFIT,
                    "Reading " + where + " for source " + plan.source() + ": it is an END of source " + end.source()
                            + ". Partition " + plan.partition()
                            + " belongs to it: put the sources of the migration file back in the order they had, new ones last.");
        }
        return end;
    }

    private ChangeRecord change(int topic, long offset, byte[] key, byte[] value) {
        try {
            return JsonChange.isJson(value)
                    ? json(topic, offset, key, value)
                    : ChangeRecord.of(packed, key, value, offset);
        } catch (IllegalArgumentException e) {
            throw unreadable(topic, offset, e);
        }
    }

    /** Unlike a packed one it is read by the plan, and may come before the END that tells of other columns. */
    private ChangeRecord json(int topic, long offset, byte[] key, byte[] value) {
        try {
            return JsonChange.of(tables.get(topic), key, value, offset);
        } catch (IllegalArgumentException e) {
            ChangeRecord counted = JsonChange.withoutRow(value, offset);
            unfit.putIfAbsent(counted.batch(), unreadable(topic, offset, e));
            return counted;
        }
    }

    /** @throws LiteferryException where a record of this batch did not fit the columns of this run */
    public void demandReadable(BatchId batch) {
        LiteferryException problem = unfit.get(batch);
        if (problem != null) {
            throw problem;
        }
    }

    private LiteferryException unreadable(int topic, long offset, IllegalArgumentException e) {
        return new LiteferryException(
                ErrorCode.RECORD_UNREADABLE,
                "Reading topic " + names.get(topic) + " offset " + offset + ": " + e.getMessage()
                        + ". Capture and sink must be of the same version, and nothing else may write to the topic.",
                e);
    }
}
