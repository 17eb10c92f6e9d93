package io.liteferry.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Json;
import io.liteferry.core.validation.VerdictDocument;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StateTest {
    @Test
    void aVerdictFromBeforeTheFirstMeasurementOfLagIsShown() {
        String written =
                "{\"verdict\":\"NOT_READY\",\"reasons\":[\"early\"],\"checks\":[],\"tables\":[],\"lag_seconds\":null,"
                        + "\"passes\":0,\"at\":\"2026-01-01T00:00:00Z\"}";
        VerdictDocument early = Json.read(written.getBytes(StandardCharsets.UTF_8), VerdictDocument.class, "test");
        StringWriter shown = new StringWriter();

        Output.state(new PrintWriter(shown, true), Reports.State.of(early));

        assertThat(shown.toString()).contains("NOT READY because early").doesNotContain("Lag");
    }
}
