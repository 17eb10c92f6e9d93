package io.liteferry.cli.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.MigrationReport;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manifest in the journal, which the report shows: rows and checksums of both sides, as they were after the last switch. */
public final class KeptManifest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private KeptManifest() {}

    /**
     * Takes one unless the journal has one that is younger than the last switch. Where that cannot be, it says why.
     *
     * @param plan of one source, with every address set
     */
    public static void take(Plan plan, Path config, PrintWriter err) {
        try (Journal journal = new Journal(PgConnections.of(plan.options()), plan.source())) {
            Optional<Entry> switched = journal.last();
            Optional<Entry> kept = journal.last(Journal.Kind.MANIFEST);
            if (switched.isPresent()
                    && kept.isPresent()
                    && kept.get().id() > switched.get().id()) {
                return;
            }
            err.println("counting and adding up the rows of both sides");
            Map<String, Object> manifest =
                    MAPPER.convertValue(Manifest.take(List.of(plan), config), new TypeReference<>() {});
            journal.begin(Journal.Kind.MANIFEST, Request.of(plan.options()).by())
                    .note("taken", manifest);
        } catch (LiteferryException e) {
            err.println("no checksums: " + e.getMessage());
        }
    }

    /** That of a report. */
    static Optional<Manifest> of(MigrationReport report) {
        return Optional.ofNullable(report.checksums()).map(m -> MAPPER.convertValue(m, Manifest.class));
    }
}
