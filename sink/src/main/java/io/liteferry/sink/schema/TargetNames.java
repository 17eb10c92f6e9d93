package io.liteferry.sink.schema;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.OwnSchema;
import io.liteferry.core.postgres.PgSql;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Names of things we make in PostgreSQL. It would cut a name at 63 bytes with a mere notice, and two tables would share
 * one; a name that is too long ends in a hash of the whole instead.
 */
public final class TargetNames {
    private static final int LONGEST = 63;
    private static final int HASH = 8;
    /** Two tables that shared a stage would mix their rows; with many sources there are many stages. */
    private static final int STAGE_HASH = 16;

    private TargetNames() {}

    /** The table, quoted, with its schema. */
    public static String qualified(Plan plan, TablePlan table) {
        return PgSql.name(schema(plan), table.target());
    }

    public static String schema(Plan plan) {
        return plan.options().string(Options.TARGET_SCHEMA);
    }

    /** The stage table of a table, quoted, with its schema. */
    public static String stage(Plan plan, TablePlan table) {
        return own("stage_", plan, table);
    }

    /** Where the keys of a table are noted while it is snapshotted again, quoted, with its schema. */
    public static String seen(Plan plan, TablePlan table) {
        return own("seen_", plan, table);
    }

    /** The function that closes the tables of a source, quoted, with its schema. */
    static String gate(Plan plan) {
        return own("gate_", plan.source(), plan.source());
    }

    private static String own(String prefix, Plan plan, TablePlan table) {
        return own(prefix, table.target(), plan.source() + "\0" + table.source());
    }

    private static String own(String prefix, String readable, String whole) {
        return PgSql.name(OwnSchema.NAME, prefix + fitting(readable, 40) + "_" + hash(whole, STAGE_HASH));
    }

    /** One hash partition of a table, quoted, with its schema. */
    public static String partition(Plan plan, TablePlan table, int number) {
        return PgSql.name(schema(plan), fitting(table.target(), LONGEST - 6) + "_p" + number);
    }

    /** The name of a partition, without its schema. */
    static String partition(TablePlan table, String suffix) {
        return fitting(table.target(), LONGEST - suffix.length()) + suffix;
    }

    /** Another name for it, where the first is taken. */
    static String partition(TablePlan table, String suffix, String holds) {
        return partition(table, suffix + "_" + hash(holds, HASH));
    }

    /** A name of at most 63 bytes of UTF-8. */
    public static String fitting(String name) {
        return fitting(name, LONGEST);
    }

    private static String fitting(String name, int longest) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= longest) {
            return name;
        }
        StringBuilder cut = new StringBuilder();
        int bytes = 0;
        for (int cp : name.codePoints().toArray()) {
            bytes += Character.toString(cp).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > longest - HASH - 1) {
                break;
            }
            cut.appendCodePoint(cp);
        }
        return cut + "_" + hash(name, HASH);
    }

    private static String hash(String text, int digits) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "")
                .substring(0, digits);
    }
}
