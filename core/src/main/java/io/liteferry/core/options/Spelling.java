package io.liteferry.core.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Levenshtein distance, for "did you mean". */
public final class Spelling {
    private Spelling() {}

    /** The known word a person most likely meant, if one is near enough. */
    public static Optional<String> nearest(String unknown, Collection<String> known) {
        int near = Math.max(2, unknown.length() / 5);
        return known.stream()
                .filter(k -> distance(k, unknown) <= near)
                .min(Comparator.<String>comparingInt(k -> distance(k, unknown))
                        .thenComparing(Comparator.naturalOrder()));
    }

    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
