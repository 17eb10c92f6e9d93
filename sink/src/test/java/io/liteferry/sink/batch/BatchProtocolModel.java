package io.liteferry.sink.batch;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A model of capture, Kafka and PostgreSQL in one thread, around the real {@link BatchAssembler}. After every apply the
 * target must be the source as it was at S; in the end both are equal. A mutant takes one rule away.
 */
final class BatchProtocolModel {
    private static final int TOPICS = 3;
    private static final int KEYS = 7;
    private static final int SLICE = 4;
    private static final List<String> NAMES = List.of("t0", "t1", "t2", "ends");

    enum Mutant {
        NONE,
        EPOCH_NOT_CLAIMED,
        EPOCH_NOT_CHECKED,
        END_BEFORE_ACKNOWLEDGEMENT,
        START_AT_THE_END_OF_THE_LOG,
        SLICE_IS_A_BATCH,
        PLAIN_COUNTS,
        PART_BATCHES,
        OFFSETS_AHEAD,
        NO_GENERATION,
        OLD_EPOCH_TAKEN,
        /** Passes over an END whose records are not all here, once an END of a later epoch is. */
        IMPATIENT,
        LATE_DUPLICATES_KEPT
    }

    private record Sent(ChangeRecord record, int topic, Optional<BatchEnd> end) {}

    private static final class Diverged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Diverged(String how) {
            super(how);
        }
    }

    private final Random random;
    private final Mutant mutant;
    private final TreeMap<Integer, Integer> source = new TreeMap<>();
    private final List<Integer> log = new ArrayList<>();
    private final List<TreeMap<Integer, Integer>> states = new ArrayList<>(List.of(new TreeMap<>()));
    private final List<Integer> everApplied = new ArrayList<>(List.of(0));
    private long epoch;

    private final List<List<ChangeRecord>> topics = new ArrayList<>();
    private final List<BatchEnd> ends = new ArrayList<>();
    private final List<List<Deque<Sent>>> inFlight = new ArrayList<>();

    private final TreeMap<Integer, Integer> target = new TreeMap<>();
    private Position applied = new Position("", 0, 0, 0);
    private BatchId appliedBatch = new BatchId(0, 0);
    private long[] offsets = new long[TOPICS + 1];
    private int generation;

    private BatchProtocolModel(long seed, Mutant mutant) {
        random = new Random(seed);
        this.mutant = mutant;
        for (int i = 0; i < TOPICS; i++) {
            topics.add(new ArrayList<>());
        }
    }

    /** How the target diverged, if it did. */
    static Optional<String> run(long seed, Mutant mutant) {
        BatchProtocolModel m = new BatchProtocolModel(seed, mutant);
        try {
            m.play();
        } catch (Diverged | LiteferryException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return m.target.equals(m.source) ? Optional.empty() : Optional.of("not equal at the end");
    }

    private void play() {
        List<Capture> captures = new ArrayList<>(List.of(new Capture()));
        List<Sink> sinks = new ArrayList<>(List.of(new Sink()));
        for (int n = 0; n < 600; n++) {
            double x = random.nextDouble();
            if (x < .30) {
                write();
            } else if (x < .50) {
                oneOfTheLastTwo(captures).step();
            } else if (x < .75) {
                deliver();
            } else if (x < .97) {
                oneOfTheLastTwo(sinks).step();
            } else if (x < .98) {
                captures.add(new Capture()); // a successor; the old one may be only frozen
            } else if (x < .985) {
                captures.get(captures.size() - 1).kill();
                captures.add(new Capture());
            } else {
                sinks.add(new Sink());
            }
        }
        Capture capture = new Capture();
        Sink sink = new Sink();
        for (int n = 0; n < 4_000; n++) {
            capture.step();
            deliver();
            sink.step();
            sink.step();
        }
    }

    private <T> T oneOfTheLastTwo(List<T> all) {
        int from = Math.max(0, all.size() - 2);
        return all.get(from + random.nextInt(all.size() - from));
    }

    private void write() {
        int key = random.nextInt(KEYS);
        if (random.nextDouble() < .3) {
            source.remove(key);
        } else {
            source.put(key, random.nextInt(1_000));
        }
        log.add(key);
        states.add(new TreeMap<>(source));
    }

    /** One record of one producer arrives, first in first out inside a topic; now and then it is written twice. */
    private void deliver() {
        List<Deque<Sent>> waiting = new ArrayList<>();
        inFlight.forEach(queues -> queues.stream().filter(q -> !q.isEmpty()).forEach(waiting::add));
        if (waiting.isEmpty()) {
            return;
        }
        Sent sent = waiting.get(random.nextInt(waiting.size())).remove();
        if (sent.end.isPresent()) {
            ends.add(sent.end.get());
        } else {
            for (int times = random.nextDouble() < .03 ? 2 : 1; times > 0; times--) {
                List<ChangeRecord> topic = topics.get(sent.topic);
                ChangeRecord r = sent.record;
                topic.add(new ChangeRecord(
                        r.batch(), r.ordinal(), r.operation(), r.key(), r.record(), 0, r.columns(), topic.size()));
            }
        }
    }

    private final class Capture {
        private final List<Deque<Sent>> queues = new ArrayList<>();
        private final long mine;
        private int position;
        private long batch;
        private long ordinal;
        private boolean dead;
        private long[] counts = new long[0];
        private Optional<BatchEnd> end = Optional.empty();

        Capture() {
            if (mutant != Mutant.EPOCH_NOT_CLAIMED) {
                epoch++;
            }
            mine = Math.max(1, epoch);
            position = mutant == Mutant.START_AT_THE_END_OF_THE_LOG
                    ? log.size()
                    : everApplied.get(random.nextInt(everApplied.size()));
            for (int i = 0; i <= TOPICS; i++) {
                queues.add(new ArrayDeque<>());
            }
            inFlight.add(queues);
        }

        void kill() {
            dead = true;
            for (Deque<Sent> q : queues) {
                while (!q.isEmpty() && random.nextBoolean()) {
                    q.removeLast(); // a prefix of each topic survives
                }
            }
        }

        void step() {
            if (dead) {
                return;
            }
            if (end.isPresent()) {
                boolean acknowledged = queues.subList(0, TOPICS).stream().allMatch(Deque::isEmpty);
                if (acknowledged || mutant == Mutant.END_BEFORE_ACKNOWLEDGEMENT) {
                    queues.get(TOPICS).add(new Sent(NOTHING, TOPICS, end));
                    end = Optional.empty();
                }
                return;
            }
            if (mutant != Mutant.EPOCH_NOT_CHECKED && epoch > mine) {
                dead = true;
                return;
            }
            slice();
        }

        private void slice() {
            int s = log.size();
            if (counts.length == 0) {
                if (s == position) {
                    return;
                }
                batch++;
                ordinal = 0;
                counts = new long[TOPICS];
            }
            int upTo = Math.min(s, position + SLICE);
            Set<Integer> keys = new TreeSet<>(log.subList(position, upTo));
            for (int key : keys) {
                Integer value = states.get(s).get(key);
                byte[] row = value == null ? new byte[0] : new byte[] {(byte) (value >>> 8), (byte) (int) value};
                Operation op = value == null ? Operation.DELETE : Operation.UPDATE;
                queues.get(key % TOPICS)
                        .add(new Sent(
                                new ChangeRecord(
                                        new BatchId(mine, batch), ordinal++, op, new byte[] {(byte) key}, row, 0, 1, 0),
                                key % TOPICS,
                                Optional.empty()));
                counts[key % TOPICS]++;
            }
            position = upTo;
            if (upTo == s || mutant == Mutant.SLICE_IS_A_BATCH) {
                Map<String, Long> byTopic = new HashMap<>();
                for (int i = 0; i < TOPICS; i++) {
                    byTopic.put(NAMES.get(i), counts[i]);
                }
                end = Optional.of(
                        new BatchEnd("m", new Position("log", mine, upTo, 0), batch, 1, byTopic, Map.of(), true, 0));
                counts = new long[0];
            }
        }
    }

    private static final ChangeRecord NOTHING =
            new ChangeRecord(new BatchId(0, 0), 0, Operation.DELETE, new byte[0], new byte[0], 0, 0, 0);

    private final class Sink {
        private final int mine = ++generation;
        private BatchAssembler assembler = new BatchAssembler(NAMES, appliedBatch, applied, offsets);
        private final long[] first = offsets.clone();
        private final long[] next = offsets.clone();
        private final Map<BatchId, List<ChangeRecord>> stage = new HashMap<>();
        private final Map<BatchId, Set<Long>> seen = new HashMap<>();
        private final Map<BatchId, long[]> seenByTopic = new HashMap<>();
        private long arrivals;
        private boolean fenced;

        void step() {
            if (fenced) {
                return;
            }
            read(random.nextInt(TOPICS + 1));
            if (random.nextInt(20) == 0 && assembler.wantedBytes() > 0) {
                BatchId wanted = assembler.wantedBatch().orElseThrow();
                List<ChangeRecord> spooled = stage.computeIfAbsent(wanted, k -> new ArrayList<>());
                assembler.spoolWanted().forEach(spooled::addAll);
            }
            if (mutant == Mutant.IMPATIENT) {
                passOver();
            }
            Optional<WholeBatch> whole = assembler.ready(1 + random.nextInt(12));
            while (whole.isPresent() && !fenced) {
                apply(whole.get());
                whole = assembler.ready(1 + random.nextInt(12));
            }
        }

        private void read(int topic) {
            if (topic == TOPICS) {
                if (next[topic] < ends.size()) {
                    long at = next[topic]++;
                    BatchEnd end = counted(ends.get((int) at));
                    if (mutant == Mutant.OLD_EPOCH_TAKEN && end.position().epoch() < applied.epoch()) {
                        takeOld(end);
                    }
                    assembler.end(at, end);
                }
            } else if (next[topic] < topics.get(topic).size()) {
                ChangeRecord r = topics.get(topic).get((int) next[topic]++);
                if (seen.computeIfAbsent(r.batch(), k -> new HashSet<>()).add(r.ordinal())) {
                    seenByTopic.computeIfAbsent(r.batch(), k -> new long[TOPICS])[topic]++;
                }
                assembler.record(topic, changed(r));
            }
        }

        private ChangeRecord changed(ChangeRecord r) {
            if (mutant == Mutant.PLAIN_COUNTS) {
                return new ChangeRecord(r.batch(), arrivals++, r.operation(), r.key(), r.record(), 0, 1, r.offset());
            }
            if (mutant == Mutant.LATE_DUPLICATES_KEPT && r.batch().compareTo(appliedBatch) <= 0) {
                BatchId kept = new BatchId(appliedBatch.epoch(), Integer.MAX_VALUE);
                return new ChangeRecord(kept, arrivals++, r.operation(), r.key(), r.record(), 0, 1, r.offset());
            }
            return r;
        }

        /** The mutant that applies a batch of a dead epoch whose records are all here. */
        private void takeOld(BatchEnd end) {
            long[] have = seenByTopic.getOrDefault(end.id(), new long[TOPICS]);
            for (int i = 0; i < TOPICS; i++) {
                if (have[i] != end.counts().getOrDefault(NAMES.get(i), 0L)) {
                    return;
                }
            }
            List<ChangeRecord> records = new ArrayList<>();
            for (List<ChangeRecord> topic : topics) {
                topic.stream().filter(r -> r.batch().equals(end.id())).forEach(records::add);
            }
            write(records);
            demandState(end.position());
        }

        private void passOver() {
            Optional<BatchEnd> incomplete = assembler.incomplete();
            boolean later = incomplete.isPresent()
                    && ends.subList((int) first[TOPICS], (int) next[TOPICS]).stream()
                            .anyMatch(e -> e.position().epoch()
                                    > incomplete.get().position().epoch());
            if (!later) {
                return;
            }
            // As if it were applied: everything that was read is taken in again behind it.
            assembler = new BatchAssembler(NAMES, incomplete.get().id(), applied, first);
            for (int t = 0; t < TOPICS; t++) {
                for (long at = first[t]; at < next[t]; at++) {
                    assembler.record(t, topics.get(t).get((int) at));
                }
            }
            for (long at = first[TOPICS]; at < next[TOPICS]; at++) {
                assembler.end(at, ends.get((int) at));
            }
        }

        /** The mutant that takes a batch for whole as soon as its END is there. */
        private BatchEnd counted(BatchEnd e) {
            if (mutant != Mutant.PART_BATCHES) {
                return e;
            }
            long[] have = seenByTopic.getOrDefault(e.id(), new long[TOPICS]);
            Map<String, Long> counts = new HashMap<>();
            for (int i = 0; i < TOPICS; i++) {
                counts.put(NAMES.get(i), e.id().compareTo(appliedBatch) <= 0 ? 0 : have[i]);
            }
            return new BatchEnd(e.source(), e.position(), e.batch(), e.schemaVersion(), counts, e.tables(), true, 0);
        }

        private void apply(WholeBatch whole) {
            if (generation != mine && mutant != Mutant.NO_GENERATION) {
                fenced = true;
                return;
            }
            List<ChangeRecord> records = new ArrayList<>();
            whole.records().forEach(records::addAll);
            if (whole.spooled()) {
                records.addAll(stage.getOrDefault(whole.last().id(), List.of()));
            }
            write(records);
            long[] after = assembler.offsetsAfter(whole);
            assembler.applied(whole);
            demandState(whole.last().position());
            appliedBatch = whole.last().id();
            offsets = mutant == Mutant.OFFSETS_AHEAD ? assembler.nextOffsets() : after;
            stage.keySet().removeIf(id -> id.compareTo(appliedBatch) <= 0);
            demandOffsets();
        }

        private void write(List<ChangeRecord> records) {
            Map<Integer, ChangeRecord> last = new HashMap<>();
            for (ChangeRecord r : records) {
                last.merge((int) r.key()[0], r, (a, b) -> b.isLaterThan(a) ? b : a);
            }
            last.forEach((key, r) -> {
                if (r.isDelete()) {
                    target.remove(key);
                } else {
                    target.put(key, (r.record()[0] & 0xFF) << 8 | r.record()[1] & 0xFF);
                }
            });
        }

        private void demandState(Position to) {
            if (to.seq() < applied.seq() || to.epoch() < applied.epoch()) {
                throw new Diverged("the position went back");
            }
            applied = to;
            everApplied.add((int) to.seq());
            if (!target.equals(states.get((int) to.seq()))) {
                throw new Diverged("not a state of the source: " + Arrays.toString(offsets));
            }
        }

        /** A successor begins at the first record that still waits for its END: not behind it, and not before. */
        private void demandOffsets() {
            for (int t = 0; t < TOPICS; t++) {
                long waits = first[t];
                while (waits < next[t] && topics.get(t).get((int) waits).batch().compareTo(appliedBatch) <= 0) {
                    waits++;
                }
                if (offsets[t] != waits) {
                    throw new Diverged("topic " + t + " is read from " + offsets[t] + " and not from " + waits);
                }
            }
        }
    }
}
