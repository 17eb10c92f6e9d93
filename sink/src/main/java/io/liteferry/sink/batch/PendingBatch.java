package io.liteferry.sink.batch;

import io.liteferry.core.change.BatchId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A batch whose END has not been applied yet: which ordinals are here, and the records that are still in memory. */
final class PendingBatch {
    private static final long NONE = -1;

    private final BatchId id;
    private final BitSet ordinals = new BitSet();
    private final long[] distinct;
    private final long[] firstOffset;
    private final List<List<ChangeRecord>> records = new ArrayList<>();
    private long bytes;
    private boolean spooled;

    PendingBatch(BatchId id, int topics) {
        this.id = id;
        distinct = new long[topics];
        firstOffset = new long[topics];
        Arrays.fill(firstOffset, NONE);
        for (int i = 0; i < topics; i++) {
            records.add(new ArrayList<>());
        }
    }

    /** False for an ordinal that is here already: Kafka holds the record twice. */
    boolean add(int topic, ChangeRecord r) {
        int ordinal = Math.toIntExact(r.ordinal());
        if (ordinals.get(ordinal)) {
            return false;
        }
        ordinals.set(ordinal);
        distinct[topic]++;
        if (firstOffset[topic] == NONE) {
            firstOffset[topic] = r.offset();
        }
        records.get(topic).add(r);
        bytes += r.bytes();
        return true;
    }

    boolean complete(long[] counts) {
        return Arrays.equals(distinct, counts);
    }

    boolean overfull(long[] counts) {
        for (int i = 0; i < counts.length; i++) {
            if (distinct[i] > counts[i]) {
                return true;
            }
        }
        return false;
    }

    boolean complete(long[] counts, int topic) {
        return distinct[topic] == counts[topic];
    }

    /** Gives up the records in memory to the spool; what is known of them stays. */
    List<List<ChangeRecord>> spool() {
        List<List<ChangeRecord>> out = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            out.add(records.get(i));
            records.set(i, new ArrayList<>());
        }
        bytes = 0;
        spooled = true;
        return out;
    }

    BatchId id() {
        return id;
    }

    List<List<ChangeRecord>> records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    boolean spooled() {
        return spooled;
    }

    /** Where the first record of this batch stands in a topic, or -1. */
    long firstOffset(int topic) {
        return firstOffset[topic];
    }
}
