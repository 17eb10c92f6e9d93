package io.liteferry.capture.connector;

import io.liteferry.capture.feedback.AppliedTopic;
import io.liteferry.capture.read.StartPoint;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The position as Connect keeps it: source partition {@code {"source": <name>}}, offset {@code {"position": <JSON>}}. */
final class StoredOffset {
    /** The field of Connect's source partition. */
    static final String SOURCE = "source";

    private static final String POSITION = "position";

    private StoredOffset() {}

    static Map<String, String> partition(String source) {
        return Map.of(SOURCE, source);
    }

    static Map<String, String> of(AppliedPosition position) {
        return Map.of(POSITION, new String(Json.bytes(position), StandardCharsets.UTF_8));
    }

    /** @throws LiteferryException {@link ErrorCode#RECORD_UNREADABLE} where it is not an offset of ours */
    static Optional<AppliedPosition> read(@Nullable Map<String, ?> offset) {
        return offset != null && offset.get(POSITION) instanceof String json
                ? Optional.of(Json.read(
                        json.getBytes(StandardCharsets.UTF_8), AppliedPosition.class, "the connector's offset"))
                : Optional.empty();
    }

    /**
     * Refuses what an operator wants to store where the task could not start from it.
     *
     * @param wanted by source partition; null forgets the offset, and the next start snapshots again
     * @throws LiteferryException {@link ErrorCode#OPTION_INVALID}
     */
    static void check(Plan plan, Map<Map<String, ?>, @Nullable Map<String, ?>> wanted) {
        wanted.forEach((partition, offset) -> {
            if (offset != null) {
                Plan source = plan.perSource().stream()
                        .filter(p -> partition(p.source()).equals(partition))
                        .findFirst()
                        .orElseThrow(() -> refused(
                                String.valueOf(partition),
                                "its sources are "
                                        + plan.perSource().stream()
                                                .map(p -> partition(p.source()))
                                                .toList()));
                checkOne(source, offset);
            }
        });
    }

    private static void checkOne(Plan plan, Map<String, ?> offset) {
        AppliedPosition position;
        try {
            position = read(offset)
                    .orElseThrow(
                            () -> refused(plan.source(), "it has no " + POSITION + " with the JSON of a position"));
        } catch (LiteferryException e) {
            throw e.code() == ErrorCode.OPTION_INVALID ? e : refused(plan.source(), String.valueOf(e.getMessage()));
        }
        if (position.position() == null || position.position().logIdentity() == null || position.tables() == null) {
            throw refused(plan.source(), "position or tables are missing in it");
        }
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        Optional<AppliedPosition> applied = AppliedTopic.latest(KafkaClients.of(plan.options()), plan);
        if (applied.isPresent()) {
            throw refused(
                    plan.source(),
                    "a sink of Liteferry publishes what it has applied, and capture starts from that alone");
        }
        try {
            StartPoint.demandKnown(file, position.position());
        } catch (LiteferryException e) {
            throw e.code() == ErrorCode.POSITION_BROKEN
                    ? refused(
                            plan.source(),
                            "log row " + position.position().seq() + " of " + file.path() + " is not the one it names")
                    : e;
        }
    }

    private static LiteferryException refused(String source, String found) {
        return new LiteferryException(
                ErrorCode.OPTION_INVALID,
                "Storing an offset of " + source + ": " + found
                        + ". Take one that GET …/offsets has shown for this file, or DELETE …/offsets to snapshot again.");
    }
}
