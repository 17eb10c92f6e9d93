package io.liteferry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {
    @Test
    void isOneDocumentWithItsKindItsFiguresAndItsRatios() throws IOException {
        BenchReport report = new BenchReport(
                "first-load",
                Map.of("liteferry_seconds", 4.25),
                Map.of("vs_pgloader", 1.5),
                List.of(Map.of("vs_pgloader", 1.5)),
                List.of("readings: primary key id"),
                List.of("acks=all"),
                Map.of("cores", "2"));
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertThat(json.path("apiVersion").asText()).isEqualTo("liteferry/v1");
        assertThat(json.path("kind").asText()).isEqualTo("BenchReport");
        assertThat(json.path("name").asText()).isEqualTo("first-load");
        assertThat(json.path("figures").path("liteferry_seconds").asDouble()).isEqualTo(4.25);
        assertThat(json.path("ratios").path("vs_pgloader").asDouble()).isEqualTo(1.5);
        assertThat(json.path("next_steps").isArray()).isTrue();
        assertThat(report.table()).contains("liteferry_seconds", "4.25", "vs_pgloader", "acks=all");
    }

    @Test
    void percentilesAreValuesThatWereMeasured() {
        Samples samples = Samples.of(5, 1, 4, 2, 3);
        assertThat(samples.median()).isEqualTo(3);
        assertThat(samples.percentile(50)).isEqualTo(3);
        assertThat(samples.percentile(99)).isEqualTo(5);
        assertThat(samples.percentile(1)).isEqualTo(1);
        assertThat(Samples.of(1, 2).median()).isEqualTo(1.5);
    }
}
