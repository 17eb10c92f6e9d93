package io.liteferry.sink.schema;

import io.liteferry.core.plan.Plan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How far the build is, by the sizes of the tables: an index of a table twice as large takes twice as long. */
final class BuildProgress {
    /** Below it, the rate says nothing. */
    private static final double LEAST = 0.01;

    private final Map<GatedObject, Long> bytes = new HashMap<>();
    private final List<GatedObject> building = new ArrayList<>();
    private Map<String, Double> parts = Map.of();
    private String schema = "";
    private long total;
    private long done;
    private int objects;
    private int built;
    private long began;

    synchronized void begin(Connection c, Plan plan, List<GatedObject> missing) throws SQLException {
        end();
        schema = TargetNames.schema(plan);
        objects = missing.size();
        began = System.nanoTime();
        for (GatedObject o : missing) {
            long size = size(c, TargetNames.qualified(plan, o.table()));
            bytes.put(o, size);
            total += size;
        }
        c.commit();
    }

    private static long size(Connection c, String table) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "SELECT 1 + coalesce(sum(pg_table_size(relid)), 0)" + " FROM pg_partition_tree(to_regclass(?))")) {
            s.setString(1, table);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getLong(1);
            }
        }
    }

    synchronized void building(GatedObject o) {
        building.add(o);
    }

    synchronized void built(GatedObject o) {
        building.remove(o);
        done += bytes.getOrDefault(o, 0L);
        built++;
    }

    synchronized void end() {
        bytes.clear();
        building.clear();
        parts = Map.of();
        total = 0;
        done = 0;
        objects = 0;
        built = 0;
    }

    /** Asks PostgreSQL how far the present statements are; beside the stream an index reads its table twice. */
    void look(Connection c) throws SQLException {
        Map<String, Double> found = new HashMap<>();
        String of;
        synchronized (this) {
            of = schema;
        }
        try (PreparedStatement s = c.prepareStatement("""
                SELECT r.relname, (p.phase LIKE 'index validation%')::int * 0.5
                  + coalesce(greatest(p.blocks_done::float / nullif(p.blocks_total, 0),
                                      p.tuples_done::float / nullif(p.tuples_total, 0)), 0) * 0.5
                FROM pg_stat_progress_create_index p JOIN pg_class r ON r.oid = p.relid
                  JOIN pg_namespace n ON n.oid = r.relnamespace
                WHERE p.datname = current_database() AND n.nspname = ?""")) {
            s.setString(1, of);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    found.put(r.getString(1), Math.min(1, r.getDouble(2)));
                }
            }
        }
        c.commit();
        synchronized (this) {
            parts = found;
        }
    }

    /** For a person; empty where nothing is being built. */
    synchronized String text() {
        if (objects == 0 || total == 0) {
            return "";
        }
        double share = done;
        List<String> now = new ArrayList<>();
        for (GatedObject o : building) {
            share += bytes.getOrDefault(o, 0L) * parts.getOrDefault(o.table().target(), 0.0);
            now.add(o.name() + " on " + o.table().target());
        }
        share /= total;
        String left = share < LEAST
                ? "no estimate below 1 %"
                : "about " + left((System.nanoTime() - began) * (1 - share) / share) + " left";
        return String.format(
                Locale.ROOT,
                "%d of %d indexes and constraints built, %.0f %%, %s%s",
                built,
                objects,
                share * 100,
                left,
                now.isEmpty() ? "" : "; now " + String.join(", ", now));
    }

    private static String left(double nanos) {
        Duration d = Duration.ofNanos((long) nanos);
        return d.toHours() > 0
                ? d.toHours() + "h " + d.toMinutesPart() + "m"
                : d.toMinutes() > 0 ? d.toMinutes() + "m " + d.toSecondsPart() + "s" : d.toSeconds() + "s";
    }
}
