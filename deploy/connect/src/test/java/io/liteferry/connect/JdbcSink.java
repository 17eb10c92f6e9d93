package io.liteferry.connect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Debezium's JDBC sink as a reader of the shop's topics, and the tables it makes. */
final class JdbcSink {
    private JdbcSink() {}

    static Map<String, String> of(Shop shop, String table, String url) {
        Map<String, String> parameters = new HashMap<>();
        for (String p : url.substring(url.indexOf('?') + 1).split("&", -1)) {
            parameters.put(p.substring(0, p.indexOf('=')), p.substring(p.indexOf('=') + 1));
        }
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class",
                "io.debezium.connector.jdbc.JdbcSinkConnector",
                "topics",
                shop.itemsTopic(),
                "connection.url",
                url.substring(0, url.indexOf('?')),
                "connection.username",
                parameters.getOrDefault("user", ""),
                "connection.password",
                parameters.getOrDefault("password", ""),
                "collection.name.format",
                table,
                "insert.mode",
                "upsert",
                "delete.enabled",
                "true",
                "primary.key.mode",
                "record_key",
                "schema.evolution",
                "basic"));
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("name", table);
        return config;
    }

    /** What its table holds, as {@link Shop#rows} gives it; nothing where it is not there yet. */
    static List<List<String>> rows(Connection target, String table) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = target.createStatement();
                ResultSet exists = s.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            if (!exists.next() || !exists.getBoolean(1)) {
                return rows;
            }
        }
        try (Statement s = target.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT id, name, price, upper(encode(photo, 'hex')) FROM " + table + " ORDER BY id")) {
            while (rs.next()) {
                rows.add(row(rs));
            }
        }
        return rows;
    }

    static List<String> row(ResultSet rs) throws SQLException {
        return List.of(
                String.valueOf(rs.getLong(1)),
                String.valueOf(rs.getString(2)),
                String.valueOf(rs.getObject(3)),
                String.valueOf(rs.getString(4)));
    }
}
