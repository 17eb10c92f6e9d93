package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import io.liteferry.cutover.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a cutover or a rollback is asked for; what is not given stands in the migration file. */
final class RequestOptions {
    @Option(
            names = "--max-lag",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Hold only once the other side is less than this behind (cutover.max.lag.ms).")
    private @Nullable Duration maxLag;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Hold writers no longer than this; then everything is undone (cutover.timeout.ms).")
    private @Nullable Duration timeout;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long to wait for the lag to be low enough, with nobody held (default 10m).")
    private @Nullable Duration patience;

    @Option(
            names = "--no-reverse",
            description = "Give up the rollback: nothing written after the switch is carried back.")
    private boolean noReverse;

    @Option(
            names = "--override",
            paramLabel = "GATE=WHY",
            description = "Go on although this gate is closed; recorded and shown in the report for ever.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    boolean reverse(Options options) {
        return !noReverse && options.flag(Options.CUTOVER_REVERSE_ENABLED);
    }

    Map<String, String> overrides() {
        return overrides;
    }

    Request request(Options options) {
        Request given = Request.of(options);
        return new Request(
                Objects.requireNonNullElse(maxLag, given.maxLag()),
                Objects.requireNonNullElse(timeout, given.timeout()),
                Objects.requireNonNullElse(patience, given.patience()),
                reverse(options),
                overrides,
                given.by());
    }
}
