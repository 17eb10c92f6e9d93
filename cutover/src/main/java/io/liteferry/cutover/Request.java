package io.liteferry.cutover;

import io.liteferry.core.options.Options;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a migration lead asks for.
 *
 * @param maxLag a side is held only once the other is less than this behind it
 * @param timeout longest time that writers are held
 * @param patience how long to wait, with nobody held, until the lag is low enough
 * @param reverse whether writes after a cutover are to flow back, so that a rollback stays possible
 * @param overrides gates that may be closed, and why: recorded for ever
 * @param by who asks
 */
public record Request(
        Duration maxLag,
        Duration timeout,
        Duration patience,
        boolean reverse,
        Map<String, String> overrides,
        String by) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What the migration file says. */
    public static Request of(Options options) {
        return new Request(
                Duration.ofMillis(options.number(Options.CUTOVER_MAX_LAG_MS)),
                Duration.ofMillis(options.number(Options.CUTOVER_TIMEOUT_MS)),
                PATIENCE,
                options.flag(Options.CUTOVER_REVERSE_ENABLED),
                Map.of(),
                System.getProperty("user.name") + ", process "
                        + ProcessHandle.current().pid());
    }

    Map<String, Object> detail() {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("max_lag_ms", maxLag.toMillis());
        detail.put("timeout_ms", timeout.toMillis());
        detail.put("reverse", reverse);
        if (!overrides.isEmpty()) {
            detail.put("overrides", overrides);
        }
        return detail;
    }
}
