package io.liteferry.core.options;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.Type;

/** Durations and sizes as people write them: {@code 250ms}, {@code 5s}, {@code 10m}, {@code 1h}, {@code 64MiB}. */
final class UnitValue {
    private static final Pattern WRITTEN = Pattern.compile("(\\d+)\\s*([a-zA-Z]+)");
    private static final Map<String, Long> UNITS = Map.of(
            "ms",
            1L,
            "s",
            1_000L,
            "m",
            60_000L,
            "h",
            3_600_000L,
            "d",
            86_400_000L,
            "B",
            1L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30);

    private UnitValue() {}

    /** The number in milliseconds or bytes, for a numeric option; anything else as it is. */
    static String plain(String written, Type type) {
        Matcher m = WRITTEN.matcher(written.trim());
        if (type != Type.LONG || !m.matches()) {
            return written;
        }
        Long unit = UNITS.get(m.group(2));
        if (unit == null) {
            throw new IllegalArgumentException("unknown unit in " + written + "; use ms, s, m, h, d, KiB, MiB or GiB");
        }
        return String.valueOf(Math.multiplyExact(Long.parseLong(m.group(1)), unit));
    }
}
