package io.liteferry.validator.compare;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * The target's part of a range, as keys and hashes. A thread of its own reads it while the source's part is read, so that
 * neither side waits for the other.
 */
final class TargetRange implements AutoCloseable {
    private final TableLayout layout;
    private final List<Row> rows = new ArrayList<>();
    private final Future<List<Row>> reading;
    private volatile boolean unwanted;

    /** One row of the target, hashed. */
    record Row(CanonicalKey name, long hash) {}

    /** Reads rows in key order and gives them to their receiver. */
    interface Read {
        void into(TargetSide.Rows rows) throws NotComparableException;
    }

    TargetRange(ExecutorService thread, TableLayout layout, Read read) {
        this.layout = layout;
        this.reading = thread.submit((Callable<List<Row>>) () -> {
            read.into(this::row);
            return rows;
        });
    }

    private void row(CanonicalRow row) throws NotComparableException {
        if (unwanted) {
            throw new NotComparableException(NotComparableException.Kind.FOR_NOW, "the source's part was not read");
        }
        rows.add(new Row(new CanonicalKey(row.columns(layout.key())), row.hash()));
    }

    /** Waits for the last row. */
    List<Row> rows() throws NotComparableException {
        try {
            return reading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LiteferryException(
                    ErrorCode.VALIDATION_READ_FAILED,
                    "Reading table " + layout.plan().target() + " to compare it was interrupted.",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotComparableException n) {
                throw n;
            }
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the reading, wherever it is: the snapshot it reads in can be ended then. */
    @Override
    public void close() {
        unwanted = true;
        boolean interrupted = false;
        while (!reading.isDone()) {
            try {
                reading.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                // Whoever asked for the rows was told; nobody else wants to know.
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
