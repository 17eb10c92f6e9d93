package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo is the whole path with nothing prepared: it starts its own servers. */
class DemoTest {
    @Test
    void reachesReadyStaysCleanUnderLoadAndFindsExactlyWhatWasPlanted() throws Exception {
        demo("--seconds", "15", "--rows", "60000");
    }

    @Test
    @Tag("long")
    void staysCleanForAnHourUnderLoad() throws Exception {
        demo("--seconds", "3600");
    }

    private static void demo(String... options) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] args = new String[options.length + 3];
        args[0] = "demo";
        args[1] = "-o";
        args[2] = "json";
        System.arraycopy(options, 0, args, 3, options.length);

        int exit = Main.execute(new PrintWriter(out), new PrintWriter(err), args);

        assertThat(exit).as(err.toString()).isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.path("kind").asText()).isEqualTo("DemoReport");
        assertThat(report.path("verdict").asText()).isEqualTo("READY");
        assertThat(report.path("planted")).isNotEmpty();
        assertThat(report.path("found")).isEqualTo(report.path("planted"));
        assertThat(report.path("repaired")).isEqualTo(report.path("planted"));
        assertThat(report.path("moves").findValuesAsText("to")).containsExactly("PostgreSQL", "SQLite", "PostgreSQL");
        long verified = 0;
        for (JsonNode table : report.path("tables")) {
            assertThat(table.path("mismatched_rows").asLong())
                    .as(table.toString())
                    .isZero();
            verified += table.path("verified_rows").asLong();
        }
        assertThat(verified).isGreaterThan(10_000);
        assertThat(report.path("writes").path("committed").asLong()).isGreaterThan(1_000);
    }
}
