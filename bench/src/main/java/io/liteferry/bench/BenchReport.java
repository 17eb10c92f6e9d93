package io.liteferry.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a benchmark found.
 *
 * @param figures measured values, medians where there were several rounds; the unit is the end of the name
 * @param ratios ours against a peer or a limit; above 1 is better
 * @param rounds every round's own figures, in the order they ran
 * @param tables the tables with their keys, indexes and partitions
 * @param conditions what else decides the figures: durability, heap, where the clock starts and stops
 * @param machine hardware and versions
 */
@JsonPropertyOrder({"apiVersion", "kind", "name"})
@JsonInclude(JsonInclude.Include.ALWAYS)
record BenchReport(
        @JsonProperty("name") String name,
        @JsonProperty("figures") Map<String, Double> figures,
        @JsonProperty("ratios") Map<String, Double> ratios,
        @JsonProperty("rounds") List<Map<String, Double>> rounds,
        @JsonProperty("tables") List<String> tables,
        @JsonProperty("conditions") List<String> conditions,
        @JsonProperty("machine") Map<String, String> machine) {

    @JsonProperty("apiVersion")
    String apiVersion() {
        return "liteferry/v1";
    }

    @JsonProperty("kind")
    String kind() {
        return "BenchReport";
    }

    @JsonProperty("next_steps")
    List<String> nextSteps() {
        return List.of("Compare only figures of one report: the same machine is half as fast an hour later.");
    }

    String json() {
        try {
            return JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String table() {
        StringBuilder out = new StringBuilder(name).append('\n');
        figures.forEach((k, v) -> out.append(String.format(Locale.ROOT, "  %-58s %,14.2f%n", k, v)));
        ratios.forEach((k, v) -> out.append(String.format(Locale.ROOT, "  %-58s %,14.2f%n", "ratio " + k, v)));
        for (int i = 0; i < rounds.size(); i++) {
            out.append("  round ")
                    .append(i + 1)
                    .append(' ')
                    .append(rounds.get(i))
                    .append('\n');
        }
        tables.forEach(t -> out.append("  table: ").append(t).append('\n'));
        conditions.forEach(c -> out.append("  ").append(c).append('\n'));
        machine.forEach(
                (k, v) -> out.append("  ").append(k).append(": ").append(v).append('\n'));
        return out.toString();
    }

    /** Three digits after the point are more than any of this is good for. */
    static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    /** The median of one figure over all rounds. */
    static double median(List<Map<String, Double>> rounds, String name) {
        return rounded(Samples.of(rounds.stream().mapToDouble(m -> at(m, name)).toArray())
                .median());
    }

    /** A figure of one round; a name that was not measured is a mistake of ours. */
    static double at(Map<String, Double> round, String name) {
        Double value = round.get(name);
        if (value == null) {
            throw new IllegalStateException(name + " was not measured");
        }
        return value;
    }
}
