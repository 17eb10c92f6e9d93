package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.PgBouncer;
import io.liteferry.validator.TwoSides;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pooler gives each transaction another session: what the validator sets in its own would not hold there. */
class ThroughPgBouncerTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theValidatorIsRefusedThere() throws IOException, SQLException {
        assumeTrue(PgBouncer.isInstalled(), "pgbouncer is not installed: apt-get install pgbouncer, then run again");
        try (PgBouncer bouncer = PgBouncer.start(folder);
                TwoSides sides = new TwoSides(folder, Map.of())) {
            Options options = sides.plan.options();
            String url = bouncer.before(options.string(Options.CONNECTION_URL));
            Plan pooled = sides.plan.withOptions(options.with(Options.CONNECTION_URL, url));
            assertThatThrownBy(() -> new Comparison(pooled, sides.turnsMissed))
                    .hasMessageContainingAll("LF-408", "LITEFERRY_CONNECTION_URL")
                    .hasMessageNotContaining("password=");
        }
    }
}
