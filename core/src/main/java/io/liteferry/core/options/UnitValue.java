package io.liteferry.core.options;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Durations and sizes as people write them: {@code 250ms}, {@code 5s}, {@code 10m}, {@code 1h}, {@code 64MiB}. */
final class UnitValue {
    private static final Pattern WRITTEN = Pattern.compile("(\\d+)\\s*([a-zA-Z]+)");

    private record Suffix(String text, long factor) {}

    /** What a number stands for, each with the suffixes it may be written with, smallest first. */
    enum Unit {
        NONE(List.of()),
        MILLISECONDS(List.of(
                new Suffix("ms", 1),
                new Suffix("s", 1_000),
                new Suffix("m", 60_000),
                new Suffix("h", 3_600_000),
                new Suffix("d", 86_400_000))),
        BYTES(List.of(
                new Suffix("B", 1),
                new Suffix("KiB", 1L << 10),
                new Suffix("MiB", 1L << 20),
                new Suffix("GiB", 1L << 30)));

        @SuppressWarnings("ImmutableEnumChecker") // List.of is.
        private final List<Suffix> suffixes;

        Unit(List<Suffix> suffixes) {
            this.suffixes = suffixes;
        }

        private String choices() {
            return suffixes.stream().map(Suffix::text).collect(Collectors.joining(", "));
        }
    }

    private UnitValue() {}

    /** The bare number where one with a suffix is written; anything else as it is. */
    static String plain(String written, Unit unit) {
        Matcher m = WRITTEN.matcher(written.trim());
        if (!m.matches()) {
            return written;
        }
        Suffix suffix = unit.suffixes.stream()
                .filter(known -> known.text().equals(m.group(2)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(written + " has a unit that does not belong here; "
                        + (unit == Unit.NONE ? "write a bare number" : "use " + unit.choices())));
        try {
            return String.valueOf(Math.multiplyExact(Long.parseLong(m.group(1)), suffix.factor()));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(written + " is too large", e);
        }
    }

    /** Written as briefly as a person would: {@code 1m} for 60,000 ms. */
    static String shown(long value, Unit unit) {
        return unit.suffixes.stream()
                .filter(s -> value != 0 && value % s.factor() == 0)
                .reduce((smaller, larger) -> larger)
                .map(s -> value / s.factor() + s.text())
                .orElse(String.valueOf(value));
    }
}
