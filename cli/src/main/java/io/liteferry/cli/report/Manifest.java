package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.plan.Plan;
import io.liteferry.validator.SourceChecksums;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.compare.TableChecksum;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows and checksums of all tables on both sides, to be kept and held against later.
 *
 * @param form version of the canonical form that the checksums are of
 * @param at when it was made, UTC
 */
public record Manifest(
        @JsonProperty("apiVersion") String apiVersion,
        @JsonProperty("kind") String kind,
        @JsonProperty("form") int form,
        @JsonProperty("at") String at,
        @JsonProperty("tables") List<Table> tables,
        @JsonProperty("next_steps") List<String> nextSteps) {
    public static final String KIND = "Manifest";

    /** @param checksum 32 hexadecimal digits */
    public record Side(
            @JsonProperty("rows") long rows,
            @JsonProperty("checksum") String checksum) {
        @Override
        public String toString() {
            return Output.count(rows) + " rows " + checksum;
        }
    }

    /** Where the target was in the change log. */
    public record At(
            @JsonProperty("log_identity") String logIdentity,
            @JsonProperty("epoch") long epoch,
            @JsonProperty("seq") long seq) {}

    /**
     * One table.
     *
     * @param at position that the rows are of
     * @param still false where the source's rows changed while they were read, so that its checksum is of no one moment
     * @param reason why the table could not be read; null where it was
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Table(
            @JsonProperty("source") String source,
            @JsonProperty("name") String name,
            @JsonProperty("target") String target,
            @JsonProperty("sqlite") @Nullable Side sqlite,
            @JsonProperty("postgresql") @Nullable Side postgresql,
            @JsonProperty("position") @Nullable At at,
            @JsonProperty("still") boolean still,
            @JsonProperty("reason") @Nullable String reason) {
        boolean equal() {
            return reason == null && Objects.equals(sqlite, postgresql);
        }
    }

    /**
     * Reads both sides whole.
     *
     * @param sources each with every address set
     * @param config the migration file, for the command that helps
     */
    public static Manifest take(List<Plan> sources, Path config) {
        List<Table> tables = new ArrayList<>();
        for (Plan source : sources) {
            new SourceChecksums(source).take().values().forEach(r -> tables.add(table(source, r)));
        }
        return new Manifest(
                Reports.API_VERSION,
                KIND,
                CanonicalRow.VERSION,
                Clock.systemUTC().instant().toString(),
                tables,
                List.of("liteferry manifest --verify FILE --config " + config));
    }

    private static Table table(Plan source, SourceChecksums.Result r) {
        TableChecksum.Both both = r.both().orElse(null);
        return new Table(
                source.source(),
                r.table().source(),
                r.table().target(),
                both == null ? null : side(both.source()),
                both == null ? null : side(both.target()),
                both == null
                        ? null
                        : new At(
                                both.position().logIdentity(),
                                both.position().epoch(),
                                both.position().seq()),
                both != null && both.still(),
                both == null ? r.reason() : null);
    }

    private static Side side(TableChecksum.Side side) {
        return new Side(side.rows(), side.checksum());
    }

    /** What keeps both sides from being the same. */
    public List<String> differences() {
        List<String> differences = new ArrayList<>();
        for (Table t : tables) {
            if (t.reason() != null) {
                differences.add(t.name() + ": " + t.reason());
            } else if (!t.equal()) {
                differences.add(t.name() + ": SQLite has " + t.sqlite() + ", PostgreSQL " + t.postgresql()
                        + (t.still() ? "" : "; it was written to meanwhile"));
            }
        }
        return differences;
    }

    /** What differs from a manifest that was kept. */
    public List<String> differences(Manifest kept) {
        List<String> differences = new ArrayList<>();
        for (Table t : kept.tables()) {
            Optional<Table> now = tables.stream()
                    .filter(n -> n.source().equals(t.source()) && n.name().equals(t.name()))
                    .findFirst();
            if (now.isEmpty()) {
                differences.add(t.name() + ": is not there any more");
                continue;
            }
            if (!Objects.equals(t.sqlite(), now.get().sqlite())) {
                differences.add(t.name() + ": SQLite had " + t.sqlite() + ", has "
                        + now.get().sqlite());
            }
            if (!Objects.equals(t.postgresql(), now.get().postgresql())) {
                differences.add(t.name() + ": PostgreSQL had " + t.postgresql() + ", has "
                        + now.get().postgresql());
            }
        }
        tables.stream()
                .filter(n -> kept.tables().stream()
                        .noneMatch(
                                t -> n.source().equals(t.source()) && n.name().equals(t.name())))
                .forEach(n -> differences.add(n.name() + ": was not there then"));
        return differences;
    }

    /** The answer of {@code manifest --verify}. */
    public record Verified(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("kept_at") String keptAt,
            @JsonProperty("same") boolean same,
            @JsonProperty("differences") List<String> differences,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Verified(String keptAt, List<String> differences, List<String> nextSteps) {
            this(Reports.API_VERSION, "ManifestReport", keptAt, differences.isEmpty(), differences, nextSteps);
        }
    }
}
