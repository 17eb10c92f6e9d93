package io.liteferry.cli.deploy;

import java.util.Set;

/** The metrics that dashboards, rules and users know us by. The services register them; a scrape in the pipeline tests holds that. */
public final class DocumentedMetrics {
    public static final Set<String> NAMES = Set.of(
            "liteferry_capture_events_total",
            "liteferry_capture_lag_seconds",
            "liteferry_capture_unexplained_commits_total",
            "liteferry_capture_turns_missed_total",
            "liteferry_capture_held",
            "liteferry_capture_running",
            "liteferry_change_log_rows",
            "liteferry_snapshot_rows_total",
            "liteferry_snapshot_rows_expected",
            "liteferry_sink_rows_total",
            "liteferry_sink_swept_total",
            "liteferry_sink_detached_total",
            "liteferry_sink_lag_seconds",
            "liteferry_sink_lag_records",
            "liteferry_sink_batch_seconds",
            "liteferry_sink_quarantined_total",
            "liteferry_end_to_end_lag_seconds",
            "liteferry_validation_rows_total",
            "liteferry_validation_mismatched_rows",
            "liteferry_validation_pending_rows",
            "liteferry_validation_progress_ratio",
            "liteferry_validation_consistency_ratio",
            "liteferry_reverse_lag_seconds",
            "liteferry_reverse_quarantined_rows",
            "liteferry_reverse_slot_retained_bytes",
            "liteferry_cutover_ready",
            "liteferry_cutover_check",
            "liteferry_validation_turns_missed_total",
            "liteferry_validation_last_clean_pass_timestamp_seconds");

    private DocumentedMetrics() {}
}
