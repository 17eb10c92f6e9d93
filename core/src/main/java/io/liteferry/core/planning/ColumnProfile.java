package io.liteferry.core.planning;

import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What the values of one column are, in bounded memory: classes, ranges, lengths, and which types hold them all. */
final class ColumnProfile {
    private static final int SAMPLES = 3;
    /** After so many misfits a type is out, and its costly test is not asked again. */
    private static final long HOPELESS = 10_000;

    /** A type that is tried on every value. */
    static final class Candidate {
        private final Meaning meaning;
        private final ValueTest test;
        private final List<String> sampleKeys = new ArrayList<>();
        private long misfits;

        Candidate(Meaning meaning, ValueTest test) {
            this.meaning = meaning;
            this.test = test;
        }

        Meaning meaning() {
            return meaning;
        }

        long misfits() {
            return misfits;
        }

        /** Keys of the first rows that do not fit. */
        List<String> sampleKeys() {
            return sampleKeys;
        }

        private void accept(ObservedValue v, Supplier<String> key) {
            if (misfits < HOPELESS && !test.fits(v)) {
                misfits++;
                if (sampleKeys.size() < SAMPLES) {
                    sampleKeys.add(key.get());
                }
            }
        }

        /** {@code 3 rows do not fit, keys 7, 8, 9}. */
        String misfitText() {
            String count = misfits >= HOPELESS ? "more than " + number(HOPELESS) : number(misfits);
            return count + (misfits == 1 ? " value does not fit" : " values do not fit") + ", for instance at key "
                    + String.join("; ", sampleKeys);
        }
    }

    private final SourceTable.Column column;
    private final DeclaredType declared;
    private final List<Candidate> candidates;
    /** Money is often declared REAL; said in a finding, never changed. */
    private boolean twoDecimals = true;

    private boolean fractions;
    private long rows;
    private long nulls;
    private long integers;
    private long reals;
    private long texts;
    private long blobs;
    private long notText;
    private long least = Long.MAX_VALUE;
    private long most = Long.MIN_VALUE;
    private long shortest = Long.MAX_VALUE;
    private long longest;
    private long widestBytes;

    ColumnProfile(SourceTable.Column column, DeclaredType declared, List<Candidate> candidates) {
        this.column = column;
        this.declared = declared;
        this.candidates = List.copyOf(candidates);
    }

    void accept(ObservedValue v, Supplier<String> key) {
        rows++;
        switch (v.storageClass()) {
            case NULL -> {
                nulls++;
                return;
            }
            case INTEGER -> {
                integers++;
                least = Math.min(least, v.integer());
                most = Math.max(most, v.integer());
            }
            case REAL -> {
                reals++;
                twoDecimals &= DecimalTest.fits(v.real(), 13, 2);
                fractions |= v.real() != Math.rint(v.real());
            }
            case TEXT -> {
                texts++;
                notText += v.isText() ? 0 : 1;
                length(v.isText() ? v.characters() : v.bytes());
                widestBytes = Math.max(widestBytes, v.bytes());
            }
            case BLOB -> {
                blobs++;
                length(v.bytes());
                widestBytes = Math.max(widestBytes, v.bytes());
            }
        }
        for (Candidate c : candidates) {
            c.accept(v, key);
        }
    }

    private void length(long length) {
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
    }

    SourceTable.Column column() {
        return column;
    }

    DeclaredType declared() {
        return declared;
    }

    /** The types that were tried, best first. */
    List<Candidate> candidates() {
        return candidates;
    }

    long values() {
        return rows - nulls;
    }

    long nulls() {
        return nulls;
    }

    long widestBytes() {
        return Math.max(widestBytes, integers + reals > 0 ? Long.BYTES : 0);
    }

    /** Reals that look like amounts of money: two decimals at the most, and not all of them whole. */
    boolean looksLikeMoney() {
        return reals > 0 && integers + texts + blobs == 0 && twoDecimals && fractions;
    }

    /** {@code 8,715 integers 1 … 59, 3 NULL; declared INTEGER}. */
    String describe() {
        List<String> parts = new ArrayList<>();
        if (integers > 0) {
            parts.add(count(integers, "integer") + " " + least + (least == most ? "" : " … " + most));
        }
        if (reals > 0) {
            parts.add(count(reals, "real"));
        }
        if (texts > 0) {
            parts.add(count(texts, "text") + (blobs == 0 ? " of " + lengths() + " characters" : ""));
        }
        if (notText > 0) {
            parts.add(number(notText) + " of them not valid UTF-8 or with NUL");
        }
        if (blobs > 0) {
            parts.add(count(blobs, "blob") + (texts == 0 ? " of " + lengths() + " bytes" : ""));
        }
        if (nulls > 0) {
            parts.add(number(nulls) + " NULL");
        }
        String values = parts.isEmpty() ? "no rows" : String.join(", ", parts);
        return values
                + (column.declaredType().isEmpty() ? "; no declared type" : "; declared " + column.declaredType());
    }

    private String lengths() {
        return shortest == longest ? number(longest) : number(shortest) + " … " + number(longest);
    }

    private static String count(long n, String noun) {
        return number(n) + " " + noun + (n == 1 ? "" : "s");
    }

    static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
