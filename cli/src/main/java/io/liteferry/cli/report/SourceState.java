package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.liteferry.core.validation.VerdictDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One source of a migration and how it is. */
public record SourceState(
        @JsonProperty("source") String source,
        @JsonUnwrapped Reports.State state) {
    /** What stands in the way first, then what is furthest behind. */
    public static final Comparator<SourceState> WORST_FIRST = Comparator.comparing(SourceState::ready)
            .thenComparing(s -> -seconds(s.state().lagSeconds().p99()))
            .thenComparing(SourceState::source);

    public boolean ready() {
        return state.verdict().equals(VerdictDocument.READY);
    }

    private static double seconds(@Nullable Double lag) {
        return lag == null ? Double.MAX_VALUE : lag;
    }

    /** One state of all: READY only where every source is; tables and reasons say whose they are. */
    public static Reports.State joined(List<SourceState> sources) {
        if (sources.size() == 1) {
            return sources.get(0).state();
        }
        List<String> reasons = new ArrayList<>();
        List<String> overrides = new ArrayList<>();
        List<VerdictDocument.Table> tables = new ArrayList<>();
        boolean ready = true;
        VerdictDocument.Lag lag = new VerdictDocument.Lag(null, null);
        for (SourceState s : sources.stream().sorted(WORST_FIRST).toList()) {
            ready &= s.ready();
            s.state().reasons().forEach(r -> reasons.add(s.source() + ": " + r));
            s.state().overrides().forEach(o -> overrides.add(s.source() + ": " + o));
            s.state().tables().forEach(t -> tables.add(t.named(s.source() + "." + t.name())));
            VerdictDocument.Lag own = s.state().lagSeconds();
            if (own.p99() != null && (lag.p99() == null || own.p99() > lag.p99())) {
                lag = own;
            }
        }
        return new Reports.State(
                ready ? VerdictDocument.READY : VerdictDocument.NOT_READY,
                reasons,
                overrides,
                List.copyOf(tables),
                lag);
    }
}
