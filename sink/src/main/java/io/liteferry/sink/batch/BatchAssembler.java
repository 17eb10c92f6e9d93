package io.liteferry.sink.batch;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rules by which records become whole batches, each of them load-bearing:
 *
 * <ol>
 *   <li>A record of an applied batch or of a dead epoch is dropped; an END below the applied epoch is passed over.
 *   <li>Distinct ordinals are counted, so a record that Kafka holds twice counts once.
 *   <li>A batch is whole when its END and all its records are here; batches are given out in the order of their ENDs.
 *   <li>The position never goes back.
 *   <li>A successor starts at the first record that still waits for its END, not behind what was read.
 *   <li>An END whose records do not come, although the topics were read to an end taken after it, proves a loss.
 * </ol>
 *
 * <p>Topics are numbered: table topics from 0, and the topic of the ENDs last.
 */
public final class BatchAssembler {
    private final List<String> topics;
    private final int tables;
    private final long[] next;
    private final BatchId[] lastRead;
    private final TreeMap<BatchId, PendingBatch> pending = new TreeMap<>();
    private final Deque<WaitingEnd> ends = new ArrayDeque<>();
    /** Of the batches that were given out last: they may be read by another thread until they are applied. */
    private BatchId given;

    private BatchId applied;
    private Position position;
    private long bytes;

    private record WaitingEnd(BatchEnd end, long offset, long[] counts) {}

    /**
     * @param topics names of the table topics, then the topic of the ENDs
     * @param applied the last applied batch; 0/0 before the first
     * @param offsets where reading starts, by topic number
     */
    public BatchAssembler(List<String> topics, BatchId applied, Position position, long[] offsets) {
        this.topics = List.copyOf(topics);
        this.tables = topics.size() - 1;
        this.applied = applied;
        this.given = applied;
        this.position = position;
        this.next = offsets.clone();
        this.lastRead = new BatchId[tables];
    }

    /** Takes a record of a table topic. */
    public void record(int topic, ChangeRecord r) {
        next[topic] = r.offset() + 1;
        lastRead[topic] = r.batch();
        if (r.batch().compareTo(given) <= 0) {
            return;
        }
        PendingBatch batch = pending.computeIfAbsent(r.batch(), id -> new PendingBatch(id, tables));
        if (batch.add(topic, r)) {
            bytes += r.bytes();
        }
    }

    /** Passes over a record without a change (a tombstone). */
    public void skip(int topic, long offset) {
        next[topic] = offset + 1;
    }

    /** Takes an END. */
    public void end(long offset, BatchEnd end) {
        next[tables] = offset + 1;
        long[] counts = new long[tables];
        for (Map.Entry<String, Long> e : end.counts().entrySet()) {
            int topic = topics.indexOf(e.getKey());
            if (topic < 0 || topic == tables) {
                throw new LiteferryException(
                        ErrorCode.RECORDS_LOST,
                        "Reading END of batch " + end.id() + ": it counts " + e.getValue() + " records in topic "
                                + e.getKey()
                                + ", which the plan does not name. Capture and sink must run the same plan.");
            }
            counts[topic] = e.getValue();
        }
        ends.add(new WaitingEnd(end, offset, counts));
    }

    /**
     * The next batches in source order, if the first is whole. Several are given out together while there are no more than
     * {@code records}: one transaction for many small batches is how a sink catches up. The caller applies them and says
     * so by {@link #applied(WholeBatch)}, or gives up; until then more may be read, and nothing else is given out.
     */
    public Optional<WholeBatch> ready(long records) {
        List<BatchEnd> taken = new ArrayList<>();
        List<List<ChangeRecord>> merged = List.of();
        Position reached = position;
        BatchId reachedId = applied;
        long size = 0;
        long endOffset = 0;
        dropDeadEnds();
        for (WaitingEnd waiting : ends) {
            BatchEnd end = waiting.end;
            if (end.id().compareTo(reachedId) <= 0) {
                continue; // of a dead epoch, or an END that Kafka holds twice
            }
            Optional<PendingBatch> batch = whole(waiting);
            if (batch.isEmpty() || !taken.isEmpty() && size + end.records() > records) {
                break;
            }
            boolean spooled = batch.get().spooled();
            if (spooled && !taken.isEmpty()) {
                break;
            }
            if (!taken.isEmpty()
                    && !end.layout().equals(taken.get(taken.size() - 1).evolution())) {
                break; // its records have other columns
            }
            if (!isForward(reached, end.position())) {
                if (taken.isEmpty()) {
                    throw wentBack(end);
                }
                break; // what comes before it is good
            }
            reached = end.position();
            reachedId = end.id();
            given = reachedId;
            taken.add(end);
            size += end.records();
            endOffset = waiting.offset;
            merged = merge(merged, batch.get().records());
            if (end.evolves() && !spooled) {
                break; // the next batch's records have other columns
            }
            if (spooled) {
                return Optional.of(new WholeBatch(taken, merged, true, endOffset));
            }
        }
        return taken.isEmpty() ? Optional.empty() : Optional.of(new WholeBatch(taken, merged, false, endOffset));
    }

    /** The offsets to store with these batches, as they are once the batches are applied; by topic number. */
    public long[] offsetsAfter(WholeBatch whole) {
        long[] offsets = next.clone();
        for (PendingBatch p : pending.values()) {
            if (p.id().compareTo(whole.last().id()) > 0) {
                for (int t = 0; t < tables; t++) {
                    if (p.firstOffset(t) >= 0) {
                        offsets[t] = Math.min(offsets[t], p.firstOffset(t));
                    }
                }
            }
        }
        offsets[tables] = whole.endOffset() + 1;
        return offsets;
    }

    /** The target now holds these batches: they and everything before them are forgotten. */
    public void applied(WholeBatch whole) {
        applied = whole.last().id();
        position = whole.last().position();
        while (!ends.isEmpty() && ends.peek().offset <= whole.endOffset()) {
            ends.remove();
        }
        pending.headMap(applied, true).clear();
        bytes = pending.values().stream().mapToLong(PendingBatch::bytes).sum();
    }

    /**
     * The END that is waited for although it is here, if any: the caller takes the topics' end offsets after this and asks
     * {@link #lost(BatchEnd, long[])}.
     */
    public Optional<BatchEnd> incomplete() {
        dropDeadEnds();
        return Optional.ofNullable(ends.peek()).filter(w -> whole(w).isEmpty()).map(WaitingEnd::end);
    }

    /** True where the topics were read to {@code endOffsets} and records of the first waiting END are still missing. */
    public boolean lost(BatchEnd end, long[] endOffsets) {
        WaitingEnd first = ends.peek();
        if (first == null || !first.end.id().equals(end.id()) || whole(first).isPresent()) {
            return false;
        }
        PendingBatch batch = pending.getOrDefault(end.id(), new PendingBatch(end.id(), tables));
        for (int t = 0; t < tables; t++) {
            if (!batch.complete(first.counts, t) && next[t] >= endOffsets[t]) {
                return true;
            }
        }
        return false;
    }

    /** Bytes of records in memory. */
    public long bytes() {
        return bytes;
    }

    /** Where the next record of each topic is read from. */
    public long[] nextOffsets() {
        return next.clone();
    }

    /** True while an END or a record waits. */
    public boolean waiting() {
        return !ends.isEmpty() || !pending.isEmpty();
    }

    /**
     * Which table topics may be read on while memory is short: those that can still bring a record of the batch that is
     * wanted next. The ENDs are always read.
     */
    public boolean[] wantedTopics() {
        boolean[] wanted = new boolean[tables];
        dropDeadEnds();
        WaitingEnd first = ends.peek();
        Optional<BatchId> id = wantedBatch();
        for (int t = 0; t < tables; t++) {
            if (first != null) {
                PendingBatch batch = pending.get(first.end.id());
                wanted[t] = batch == null ? first.counts[t] > 0 : !batch.complete(first.counts, t);
            } else {
                BatchId last = lastRead[t];
                wanted[t] = last == null || id.isEmpty() || last.compareTo(id.get()) <= 0;
            }
        }
        return wanted;
    }

    /** The batch that is applied next, as far as is known: that of the first END, else the lowest that has records. */
    public Optional<BatchId> wantedBatch() {
        dropDeadEnds();
        WaitingEnd first = ends.peek();
        if (first != null) {
            return Optional.of(first.end.id());
        }
        return pending.isEmpty() ? Optional.empty() : Optional.of(pending.firstKey());
    }

    /** False where an END before the wanted batch may still come: it may change the columns that its records have. */
    public boolean wantedIsNext() {
        return wantedBatch()
                .filter(id -> id.batch() == 1 || id.equals(new BatchId(applied.epoch(), applied.batch() + 1)))
                .isPresent();
    }

    /** Bytes the wanted batch has in memory. */
    public long wantedBytes() {
        return wantedBatch().map(pending::get).map(PendingBatch::bytes).orElse(0L);
    }

    /** Takes the wanted batch's records out of memory, by table topic; from now on it counts as spooled. */
    public List<List<ChangeRecord>> spoolWanted() {
        PendingBatch batch = wantedBatch().map(pending::get).orElseThrow();
        bytes -= batch.bytes();
        return batch.spool();
    }

    private void dropDeadEnds() {
        while (!ends.isEmpty() && ends.peek().end.id().compareTo(applied) <= 0) {
            ends.remove();
        }
    }

    /** The batch of an END if all its records are here; a batch without records never had a place in memory. */
    private Optional<PendingBatch> whole(WaitingEnd waiting) {
        PendingBatch batch = pending.get(waiting.end.id());
        if (batch == null) {
            batch = new PendingBatch(waiting.end.id(), tables);
        }
        if (batch.overfull(waiting.counts)) {
            throw new LiteferryException(
                    ErrorCode.RECORD_UNREADABLE,
                    "Completing batch " + waiting.end.id()
                            + ": the topics hold more distinct records than its END counts. Two captures with one epoch"
                            + " wrote to these topics; stop both and start one.");
        }
        return batch.complete(waiting.counts) ? Optional.of(batch) : Optional.empty();
    }

    private static boolean isForward(Position from, Position to) {
        boolean otherLog = !from.logIdentity().isEmpty() && !from.logIdentity().equals(to.logIdentity());
        return !otherLog && to.seq() >= from.seq() && to.epoch() >= from.epoch();
    }

    private LiteferryException wentBack(BatchEnd end) {
        return new LiteferryException(
                ErrorCode.POSITION_WENT_BACK,
                "Applying batch " + end.id() + ": it ends at log "
                        + end.position().logIdentity() + " row "
                        + end.position().seq() + ", the target is at log " + position.logIdentity() + " row "
                        + position.seq() + ". The source was restored or its log installed anew: run liteferry apply"
                        + " for a new migration of this target.");
    }

    private static List<List<ChangeRecord>> merge(List<List<ChangeRecord>> first, List<List<ChangeRecord>> more) {
        if (first.isEmpty()) {
            return more;
        }
        List<List<ChangeRecord>> merged = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            if (more.get(i).isEmpty()) {
                merged.add(first.get(i));
            } else if (first.get(i).isEmpty()) {
                merged.add(more.get(i));
            } else {
                List<ChangeRecord> both =
                        new ArrayList<>(first.get(i).size() + more.get(i).size());
                both.addAll(first.get(i));
                both.addAll(more.get(i));
                merged.add(both);
            }
        }
        return merged;
    }
}
