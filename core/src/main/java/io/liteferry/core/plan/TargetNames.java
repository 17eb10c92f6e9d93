package io.liteferry.core.plan;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Names in PostgreSQL for names in SQLite: the same where PostgreSQL can hold it, else one that is safe. PostgreSQL would
 * cut a name of more than 63 bytes with no more than a notice, so that two could become one.
 */
public final class TargetNames {
    public static final int LONGEST_BYTES = 63;

    private static final Set<String> SYSTEM_COLUMNS =
            Set.of("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", KeyPlan.ROWID_COLUMN);
    private static final int HASH_LENGTH = 8;

    private final Set<String> taken = new HashSet<>();

    /** True where PostgreSQL takes the name as it is. */
    public static boolean fits(String name) {
        return !name.isEmpty()
                && name.indexOf('\0') < 0
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
    }

    /** True for names that no column of a table can have. */
    public static boolean isSystemColumn(String name) {
        return SYSTEM_COLUMNS.contains(name);
    }

    /** The name for a column. */
    public String column(String source) {
        return claim(isSystemColumn(source) ? source + "_" : source, "column");
    }

    /** The name for a table, an index or a constraint. */
    public String relation(String source) {
        return claim(source, "relation");
    }

    /** Takes a name out of use. */
    public void reserve(String name) {
        taken.add(name);
    }

    private String claim(String wanted, String whenEmpty) {
        String base = wanted.isEmpty() ? whenEmpty : wanted.replace('\0', '_');
        String name = fits(base) ? base : shortened(base, "");
        for (int i = 2; !taken.add(name); i++) {
            name = shortened(base, "_" + i);
        }
        return name;
    }

    /** The beginning of the name and, where it was cut, a hash of all of it. */
    private static String shortened(String name, String suffix) {
        if (fits(name + suffix)) {
            return name + suffix;
        }
        String end = "_"
                + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, HASH_LENGTH)
                + suffix;
        StringBuilder kept = new StringBuilder();
        int room = LONGEST_BYTES - end.length();
        for (int cp : name.codePoints().toArray()) {
            String next = Character.toString(cp);
            room -= next.getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            kept.append(next);
        }
        return kept + end;
    }
}
