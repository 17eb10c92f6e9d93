package io.liteferry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;

/** Hardware and versions, for the report. */
final class Machine {
    private Machine() {}

    static Map<String, String> describe(Servers servers) throws SQLException {
        Map<String, String> m = new LinkedHashMap<>();
        m.put("cores", String.valueOf(Cores.ALL));
        m.put("processor", field("/proc/cpuinfo", "model name"));
        m.put("memory", field("/proc/meminfo", "MemTotal"));
        m.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        m.put("java", System.getProperty("java.runtime.version"));
        m.put("kafka", AppInfoParser.getVersion());
        try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            m.put("sqlite", one(c, "SELECT sqlite_version()"));
        }
        try (Connection c = DriverManager.getConnection(servers.url("postgres"))) {
            for (String setting :
                    List.of("server_version", "fsync", "synchronous_commit", "shared_buffers", "max_wal_size")) {
                m.put("postgresql " + setting, one(c, "SHOW " + setting));
            }
        }
        return m;
    }

    /** The most memory that a process has had in RAM, in MiB. */
    static double peakResidentMib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToDouble(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024.0)
                .map(BenchReport::rounded)
                .findFirst()
                .orElseThrow();
    }

    private static String one(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.next() ? rs.getString(1) : "unknown";
        }
    }

    private static String field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(l -> l.startsWith(name))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
