package io.liteferry.validator.verdict;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.PassResult;
import io.liteferry.validator.pass.Verified;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the verdict is made from, all of one moment.
 *
 * @param applied how far the target is; empty before the first batch
 * @param logBroken why the change log cannot be trusted, or empty
 * @param windows since when a schema window is open, by source table
 * @param cleanPasses full passes in a row with nothing different, by source table
 * @param passes the last pass over each source table
 * @param verified how far changed keys are verified
 * @param mismatches open mismatches by source table and kind
 * @param quarantined quarantined rows by source table
 * @param suspendedConstraints constraints that are off for now
 * @param discarded rows of the quarantine that somebody has decided to go on without; not among {@code quarantined}
 */
record Facts(
        Instant at,
        Optional<AppliedPosition> applied,
        Optional<String> logBroken,
        Map<String, String> windows,
        Optional<LagWindow.Reading> lag,
        Map<String, Integer> cleanPasses,
        Map<String, PassResult> passes,
        Optional<Verified> verified,
        Map<String, Map<String, Long>> mismatches,
        Map<String, Long> quarantined,
        long suspendedConstraints,
        long discarded) {

    /** Rows whose partition was detached, by source table, as the last pass counted them. */
    Map<String, Long> detached() {
        Map<String, Long> detached = new TreeMap<>();
        passes.forEach((table, pass) -> {
            long rows = pass.tally().count(RowVerdict.DETACHED);
            if (rows > 0) {
                detached.put(table, rows);
            }
        });
        return detached;
    }

    long mismatches(String table) {
        return mismatches.getOrDefault(table, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
