package io.liteferry.sink.write;

import io.liteferry.core.change.Operation;
import io.liteferry.sink.batch.ChangeRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one transaction did: rows by table and operation for the metrics, and what went to the quarantine. */
public final class Outcome {
    private final Map<String, Map<Operation, Long>> rows = new HashMap<>();
    private final Map<String, Long> swept = new HashMap<>();
    private final Map<String, Long> detached = new HashMap<>();
    private final Map<ChangeRecord, Quarantined> quarantined = new LinkedHashMap<>();

    /**
     * One record that the target cannot hold.
     *
     * @param table source name
     * @param column source name of the first column that did not fit, where it is known
     * @param label of the reason, for metrics
     * @param reason in words, without the value
     */
    public record Quarantined(
            String table,
            String topic,
            ChangeRecord record,
            @Nullable String column,
            String sqlState,
            String label,
            String reason) {}

    void rows(String table, Operation operation, long count) {
        rows.computeIfAbsent(table, t -> new EnumMap<>(Operation.class)).merge(operation, count, Long::sum);
    }

    void swept(String table, long count) {
        swept.put(table, count);
    }

    /** Rows deleted because a new snapshot of their table did not find them, by table (source name). */
    public Map<String, Long> swept() {
        return swept;
    }

    void detached(String table) {
        detached.merge(table, 1L, Long::sum);
    }

    /** Rows left out because their partition was detached, by table (source name). */
    public Map<String, Long> detached() {
        return detached;
    }

    /** This and what came after it. */
    Outcome plus(Outcome later) {
        later.rows.forEach((table, counts) -> counts.forEach((op, count) -> rows(table, op, count)));
        swept.putAll(later.swept);
        later.detached.forEach((table, count) -> detached.merge(table, count, Long::sum));
        quarantined.putAll(later.quarantined);
        return this;
    }

    void misfit(TargetTable table, ChangeRecord r, Misfit m) {
        Misfit.Reason why = m.reason();
        quarantined.put(
                r,
                new Quarantined(table.source(), table.topic(), r, m.column(), why.sqlState(), why.label(), why.text()));
    }

    /** PostgreSQL's own words are left out: they may quote the value. */
    void refused(TargetTable table, ChangeRecord r, String sqlState) {
        quarantined.put(
                r,
                new Quarantined(
                        table.source(),
                        table.topic(),
                        r,
                        null,
                        sqlState,
                        Misfit.Reason.REFUSED.label(),
                        Misfit.Reason.REFUSED.text()));
    }

    boolean isQuarantined(ChangeRecord r) {
        return quarantined.containsKey(r);
    }

    public List<Quarantined> quarantined() {
        return new ArrayList<>(quarantined.values());
    }

    List<Quarantined> quarantined(TargetTable table) {
        return quarantined.values().stream()
                .filter(q -> q.table().equals(table.source()))
                .toList();
    }

    /** Rows written, by table (source name). */
    public Map<String, Map<Operation, Long>> rows() {
        return rows;
    }
}
