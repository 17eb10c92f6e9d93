package io.liteferry.core.validation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Locale;

/**
 * How much of what is known was seen equal.
 *
 * @param equal rows that are the same on both sides
 * @param known rows that stand on either side; those in quarantine, in flight or unknown count here only
 */
public record Consistency(
        @JsonProperty("equal_rows") long equal,
        @JsonProperty("known_rows") long known) {
    private static final int DIGITS = 8;

    public static Consistency of(Collection<VerdictDocument.Table> tables) {
        return new Consistency(
                tables.stream().mapToLong(VerdictDocument.Table::verifiedRows).sum(),
                tables.stream().mapToLong(VerdictDocument.Table::knownRows).sum());
    }

    /** Rounded down: 100 only where no row is missing. */
    @JsonProperty("percent")
    public BigDecimal percent() {
        return known == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(equal)
                        .movePointRight(2)
                        .divide(BigDecimal.valueOf(known), DIGITS, RoundingMode.DOWN)
                        .stripTrailingZeros();
    }

    /** {@code 2,999,999 of 3,000,000 rows equal (99.99996666 %)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d of %,d rows equal (%s %%)",
                equal,
                known,
                percent().toPlainString());
    }
}
