package io.liteferry.cutover.journal;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * One row of {@code liteferry.journal}.
 *
 * @param run of one cutover, rollback or completion, from its start to its end
 * @param kind {@code backup}, {@code cutover}, {@code rollback} or {@code complete}
 * @param state as {@link State#label()} says
 * @param by who has started it: user, process and host
 * @param at ISO 8601
 */
public record Entry(
        @JsonProperty("id") long id,
        @JsonProperty("run") String run,
        @JsonProperty("kind") String kind,
        @JsonProperty("state") String state,
        @JsonProperty("detail") Map<String, Object> detail,
        @JsonProperty("by") String by,
        @JsonProperty("at") String at) {

    /** Whether the run has come to an end, good or bad. */
    public boolean over() {
        return switch (state) {
            case "switched", "failed", "cancelled", "completed" -> true;
            default -> false;
        };
    }
}
