package io.liteferry.cutover.reverse;

import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Numbers. A decimal goes back into a REAL only where the shortest form of the double is the decimal again. */
final class NumberForms {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");
    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private NumberForms() {}

    /** Means a {@link Long}. */
    static final ColumnForm INTEGER = new ColumnForm() {
        @Override
        public Object ofTarget(String text) throws Unfit {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new Unfit("not an integer of 64 bits");
            }
        }

        @Override
        public Optional<Object> ofSource(SqliteValue value) {
            return value instanceof SqliteValue.Int i ? Optional.of(i.value()) : Optional.empty();
        }

        @Override
        public SqliteValue written(Object meaning) {
            return new SqliteValue.Int((Long) meaning);
        }
    };

    /**
     * Means a {@link BigDecimal} without zeros at its end.
     *
     * @param digits after the point that every text of the column has
     */
    record Numeric(Affinity affinity, boolean asText, int digits) implements ColumnForm {
        Numeric(Affinity affinity, List<SqliteValue> newest) {
            this(
                    affinity,
                    affinity == Affinity.TEXT
                            || affinity == Affinity.BLOB
                                    && !newest.isEmpty()
                                    && newest.get(0).storageClass() == StorageClass.TEXT,
                    newest.stream().mapToInt(Numeric::digits).min().orElse(0));
        }

        private static int digits(SqliteValue value) {
            String text = value instanceof SqliteValue.Text t ? new String(t.utf8(), StandardCharsets.UTF_8) : "";
            return DECIMAL.matcher(text).matches() ? new BigDecimal(text).scale() : 0;
        }

        @Override
        public Object ofTarget(String text) throws Unfit {
            try {
                return bare(new BigDecimal(text));
            } catch (NumberFormatException e) {
                throw new Unfit("NaN and infinity are no decimals of SQLite");
            }
        }

        @Override
        public Optional<Object> ofSource(SqliteValue value) {
            if (value instanceof SqliteValue.Int i) {
                return Optional.of(bare(BigDecimal.valueOf(i.value())));
            }
            if (value instanceof SqliteValue.Real r) {
                return shortest(r.value()).map(d -> d);
            }
            if (value instanceof SqliteValue.Text t) {
                String text = new String(t.utf8(), StandardCharsets.UTF_8);
                return DECIMAL.matcher(text).matches() ? Optional.of(bare(new BigDecimal(text))) : Optional.empty();
            }
            return Optional.empty();
        }

        @Override
        public SqliteValue written(Object meaning) throws Unfit {
            BigDecimal d = (BigDecimal) meaning;
            int scale = Math.max(digits, d.scale());
            SqliteValue text = SqliteValue.Text.of(
                    d.setScale(scale, RoundingMode.UNNECESSARY).toPlainString());
            if (asText) {
                return text;
            }
            if (d.scale() <= 0 && d.compareTo(LEAST) >= 0 && d.compareTo(MOST) <= 0) {
                return new SqliteValue.Int(d.longValueExact());
            }
            SqliteValue real = new SqliteValue.Real(d.doubleValue());
            if (ofSource(real).filter(meaning::equals).isPresent()) {
                return real;
            }
            if (affinity == Affinity.BLOB) {
                return text;
            }
            throw new Unfit("more digits than a REAL of SQLite holds");
        }

        @Override
        public List<SqliteValue> spellings(Object meaning) throws Unfit {
            BigDecimal d = (BigDecimal) meaning;
            Set<SqliteValue> all = new LinkedHashSet<>(List.of(written(meaning)));
            for (int scale = Math.max(0, d.scale()); scale < Math.max(0, d.scale()) + 10; scale++) {
                all.add(SqliteValue.Text.of(
                        d.setScale(scale, RoundingMode.UNNECESSARY).toPlainString()));
            }
            return List.copyOf(all);
        }
    }

    static BigDecimal bare(BigDecimal d) {
        return d.signum() == 0 ? BigDecimal.ZERO : d.stripTrailingZeros();
    }

    /** The shortest decimal that is read as this double; empty for what is no decimal. */
    static Optional<BigDecimal> shortest(double value) {
        if (!Double.isFinite(value) || value == 0 && 1 / value < 0) {
            return Optional.empty();
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 15; digits <= 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return Optional.of(bare(rounded));
            }
        }
        return Optional.of(bare(exact));
    }

    /** Means a {@link Double}, whose zeros are two. */
    record Floating(boolean single, boolean integral) implements ColumnForm {
        Floating(boolean single, List<SqliteValue> newest) {
            this(single, !newest.isEmpty() && newest.get(0).storageClass() == StorageClass.INTEGER);
        }

        @Override
        public Object ofTarget(String text) throws Unfit {
            double value = single ? (double) Float.parseFloat(text) : Double.parseDouble(text);
            if (Double.isNaN(value)) {
                throw new Unfit("SQLite stores NaN as NULL");
            }
            return value;
        }

        @Override
        public Optional<Object> ofSource(SqliteValue value) {
            if (value instanceof SqliteValue.Real r) {
                return Optional.of(r.value());
            }
            if (value instanceof SqliteValue.Int i) {
                double d = single ? (double) (float) i.value() : (double) i.value();
                return new BigDecimal(d).compareTo(BigDecimal.valueOf(i.value())) == 0
                        ? Optional.of(d)
                        : Optional.empty();
            }
            return Optional.empty();
        }

        @Override
        public SqliteValue written(Object meaning) {
            double d = (Double) meaning;
            return integral
                            && ofSource(new SqliteValue.Int((long) d))
                                    .filter(meaning::equals)
                                    .isPresent()
                    ? new SqliteValue.Int((long) d)
                    : new SqliteValue.Real(d);
        }
    }
}
