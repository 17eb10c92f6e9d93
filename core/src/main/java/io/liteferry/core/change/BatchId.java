package io.liteferry.core.change;

/**
 * Names a batch: the capture's epoch, and a count from 1 in that epoch. Batches are applied in this order.
 */
public record BatchId(long epoch, long batch) implements Comparable<BatchId> {
    @Override
    public int compareTo(BatchId other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(batch, other.batch);
    }

    @Override
    public String toString() {
        return epoch + "/" + batch;
    }
}
