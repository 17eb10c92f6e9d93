package io.liteferry.core.plan;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How a target table is cut into partitions. There is never a default partition: rows in it would keep new ones from being made. */
public sealed interface PartitionPlan {
    /** A table has at most so many partitions unless the plan says otherwise: each costs planning time, and a wrong unit makes thousands. */
    int USUAL_AT_MOST = 4_000;

    /**
     * By the hash of the key.
     *
     * @param columns source names of the partition columns, a subset of the key
     * @param partitions number of partitions
     */
    record ByHash(List<String> columns, int partitions) implements PartitionPlan {
        public ByHash {
            columns = List.copyOf(columns);
        }
    }

    /**
     * By ranges of a date or time, made ahead and when a row needs one.
     *
     * @param column source name
     * @param ahead how many periods after the present one are made before they are needed
     * @param nulls what becomes of a row without a time
     * @param detached what the verdict says of rows whose partition was detached
     * @param atMost partitions; rows that would need more go to quarantine
     */
    record ByRange(String column, Period every, int ahead, Nulls nulls, Detached detached, int atMost)
            implements PartitionPlan {}

    /**
     * One partition a value, made when a row needs it; NULL has one of its own.
     *
     * @param column source name
     * @param detached what the verdict says of rows whose partition was detached
     * @param atMost partitions; rows that would need more go to quarantine
     */
    record ByList(String column, Detached detached, int atMost) implements PartitionPlan {}

    /** The length of a range; in UTC where the column is a timestamptz. */
    enum Period {
        YEAR,
        MONTH,
        DAY;

        /** The name in a migration file. */
        public String yaml() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Rows without a time: PostgreSQL has no range for NULL. */
    enum Nulls {
        /** The row is put aside until somebody decides. */
        QUARANTINE("quarantine"),
        /** The row is carried, with {@code -infinity}, which no source value is; the validator reads it as NULL. */
        MINUS_INFINITY("-infinity");

        private final String yaml;

        Nulls(String yaml) {
            this.yaml = yaml;
        }

        /** The name in a migration file. */
        public String yaml() {
            return yaml;
        }
    }

    /** Rows whose partition somebody has detached: the sink leaves them out, the validator counts them apart. */
    enum Detached {
        /** They keep the verdict from READY. */
        NOT_READY,
        /** The verdict names them and may be READY. */
        ACCEPTED;

        /** The name in a migration file. */
        public String yaml() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Source name of the column whose values decide; empty where it is the hash of the key. */
    default Optional<String> byColumn() {
        if (this instanceof ByRange r) {
            return Optional.of(r.column);
        }
        return this instanceof ByList l ? Optional.of(l.column) : Optional.empty();
    }

    /** Source names of the columns that say in which partition a row stands. */
    default List<String> columns() {
        return byColumn().map(List::of).orElse(List.of());
    }

    /** What the verdict says of rows whose partition was detached. */
    default Detached detached() {
        return Detached.NOT_READY;
    }

    /** The same, where columns of the source have other names now. */
    default PartitionPlan renamed(UnaryOperator<String> source) {
        if (this instanceof ByHash h) {
            return new ByHash(h.columns.stream().map(source).toList(), h.partitions);
        }
        if (this instanceof ByRange r) {
            return new ByRange(source.apply(r.column), r.every, r.ahead, r.nulls, r.detached, r.atMost);
        }
        ByList l = (ByList) this;
        return new ByList(source.apply(l.column), l.detached, l.atMost);
    }
}
