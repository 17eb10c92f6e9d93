package io.liteferry.bench;

import io.liteferry.bench.UpsertTable.Phase;
import io.liteferry.capture.install.ChangeLog;
import io.liteferry.core.plan.Plan;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Inserts, updates and both mixed with deletes, applied by our sink and by Debezium's JDBC sink connector from the same
 * topics, in turns, each into a database of its own. Both are warm: a first round is not counted.
 */
record SteadyUpserts(long changes, int rounds) {
    /** Changes of a transaction in SQLite. */
    private static final int TRANSACTION = 5_000;
    /** Rows the peer writes at once; it is measured with each. */
    private static final List<Integer> PEER_BATCHES = List.of(500, 3_000, 10_000);

    BenchReport run(Consumer<String> progress)
            throws IOException, SQLException, InterruptedException, ReflectiveOperationException {
        try (URLClassLoader plugin = JdbcSinkPeer.plugin();
                Servers servers = Servers.start()) {
            List<Map<String, Double>> measured = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                Map<String, Double> m = new Round(servers, plugin, round).run();
                progress.accept((round == 0 ? "warm-up " : "round " + round + " of " + rounds + " ") + m);
                if (round > 0) {
                    measured.add(m);
                }
            }
            return report(servers, measured);
        }
    }

    /** One source with its topics, its target and those of the peer. */
    private final class Round {
        private final Servers servers;
        private final ClassLoader plugin;
        private final String name;
        private final boolean oursFirst;
        private final Map<String, Double> measured = new LinkedHashMap<>();

        Round(Servers servers, ClassLoader plugin, int round) {
            this.servers = servers;
            this.plugin = plugin;
            name = "upserts" + round;
            oursFirst = round % 2 == 1;
        }

        Map<String, Double> run() throws IOException, SQLException, InterruptedException, ReflectiveOperationException {
            Path file = servers.folder().resolve(name + ".db");
            String url = servers.newDatabase(name);
            List<UpsertTable> tables = List.of(UpsertTable.values());
            Plan plan = Pipeline.plan(
                    name,
                    file,
                    url,
                    servers,
                    tables.stream().map(UpsertTable::plan).toList());
            try (Connection source = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=10000");
                    Statement s = source.createStatement()) {
                s.execute("PRAGMA journal_mode = WAL");
                for (UpsertTable table : tables) {
                    s.execute(table.sqliteDdl());
                }
                Pipeline.apply(plan);
                try (Pipeline capture = Pipeline.startCapture(plan, servers.folder(), Cores.SHARED);
                        HeldSink sink = new HeldSink(plan)) {
                    capture.awaitCaughtUp(source);
                    sink.apply(logged(source));
                    for (UpsertTable table : tables) {
                        both(plan, table, source, capture, sink);
                    }
                }
            }
            servers.dropDatabase(name);
            return measured;
        }

        private void both(Plan plan, UpsertTable table, Connection source, Pipeline capture, HeldSink sink)
                throws SQLException, InterruptedException, ReflectiveOperationException {
            List<JdbcSinkPeer> peers = new ArrayList<>();
            List<String> databases = new ArrayList<>();
            try (ConnectRecords topic = new ConnectRecords(plan, table)) {
                for (int batch : PEER_BATCHES) {
                    String database = "peer_" + name + "_" + table.label() + "_" + batch;
                    databases.add(database);
                    execute(servers.newDatabase(database), table.targetDdl());
                    peers.add(JdbcSinkPeer.start(plugin, table, servers.url(database), batch));
                }
                for (Phase phase : Phase.values()) {
                    for (long at = 0; at < changes; at += TRANSACTION) {
                        table.write(source, phase, at, Math.min(changes, at + TRANSACTION), changes);
                        capture.awaitCaughtUp(source);
                    }
                    List<SinkRecord> records = topic.rest();
                    if (records.size() != changes) {
                        throw new IllegalStateException(records.size() + " records of " + changes + " changes");
                    }
                    String label = table.label() + "_" + phase.label();
                    if (oursFirst) {
                        ours(label, source, sink);
                        theirs(label, peers, records);
                    } else {
                        theirs(label, peers, records);
                        ours(label, source, sink);
                    }
                    for (String database : databases) {
                        demandEqual(table, servers.url(name), servers.url(database));
                    }
                }
            } finally {
                peers.forEach(JdbcSinkPeer::close);
            }
            for (String database : databases) {
                servers.dropDatabase(database);
            }
        }

        private void ours(String label, Connection source, HeldSink sink) throws SQLException, InterruptedException {
            execute(servers.url(name), "CHECKPOINT");
            measured.put("liteferry_" + label + "_per_second", perSecond(sink.apply(logged(source))));
        }

        private void theirs(String label, List<JdbcSinkPeer> peers, List<SinkRecord> records) throws SQLException {
            double best = 0;
            for (int i = 0; i < PEER_BATCHES.size(); i++) {
                execute(servers.url(name), "CHECKPOINT");
                double rate = perSecond(peers.get(i).put(records));
                measured.put("peer_" + PEER_BATCHES.get(i) + "_" + label + "_per_second", rate);
                best = Math.max(best, rate);
            }
            measured.put("peer_" + label + "_per_second", best);
        }

        private double perSecond(long nanos) {
            return Math.round(changes / (nanos / 1e9));
        }
    }

    private static long logged(Connection source) throws SQLException {
        try (Statement s = source.createStatement();
                ResultSet rs = s.executeQuery("SELECT max(seq) FROM " + ChangeLog.LOG)) {
            rs.next();
            return rs.getLong(1);
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    /** Sides that do not hold the same rows have no rates. */
    private static void demandEqual(UpsertTable table, String ours, String theirs) throws SQLException {
        String here = digest(table, ours);
        String there = digest(table, theirs);
        if (!here.equals(there)) {
            throw new IllegalStateException(table.table() + " is not the same: ours " + here + ", theirs " + there);
        }
    }

    private static String digest(UpsertTable table, String url) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet rs =
                        s.executeQuery("SELECT count(*) || ' rows, ' || coalesce(sum(hashtext(t::text)), 0) FROM "
                                + table.table() + " t")) {
            rs.next();
            return rs.getString(1);
        }
    }

    private BenchReport report(Servers servers, List<Map<String, Double>> measured) throws SQLException {
        measured.forEach(m -> {
            for (UpsertTable table : UpsertTable.values()) {
                for (Phase phase : Phase.values()) {
                    String label = table.label() + "_" + phase.label();
                    m.put(
                            "vs_" + label,
                            BenchReport.rounded(BenchReport.at(m, "liteferry_" + label + "_per_second")
                                    / BenchReport.at(m, "peer_" + label + "_per_second")));
                }
            }
        });
        Map<String, Double> figures = new LinkedHashMap<>();
        measured.get(0).keySet().forEach(name -> figures.put(name, BenchReport.median(measured, name)));
        Map<String, Double> ratios = new LinkedHashMap<>();
        ratios.put("vs_debezium_jdbc", least(figures, Phase.INSERTS, Phase.MIXED));
        ratios.put("vs_debezium_jdbc_updates", least(figures, Phase.UPDATES));
        return new BenchReport(
                "steady-upserts",
                figures,
                ratios,
                measured,
                Arrays.stream(UpsertTable.values()).map(UpsertTable::targetDdl).toList(),
                List.of(
                        changes + " changes a phase, no key twice in one; transactions of " + TRANSACTION
                                + " changes in SQLite; mixed is 40 % inserts, 40 % updates, 20 % deletes",
                        "both in this JVM in turns, warm: one round before is not counted; each into a database of its"
                                + " own on one server, and both hold the same rows after each phase or there is no figure",
                        "ours: from the first poll of Kafka to the commit of the last change, decoding, position and"
                                + " offsets included; the plan's defaults",
                        "peer: Debezium's JDBC sink connector with insert.mode=upsert, delete.enabled,"
                                + " use.reduction.buffer and unnest inserts; the same records as Debezium envelopes, made"
                                + " before the clock starts; only put() is timed, so neither reading Kafka nor a converter"
                                + " nor committing offsets; the best of batch.size " + PEER_BATCHES + " in each round",
                        "vs_debezium_jdbc is the least of inserts and mixed with both kinds of keys,"
                                + " vs_debezium_jdbc_updates of updates"),
                Machine.describe(servers));
    }

    private static double least(Map<String, Double> figures, Phase... phases) {
        return Arrays.stream(phases)
                .flatMap(p -> Arrays.stream(UpsertTable.values()).map(t -> "vs_" + t.label() + "_" + p.label()))
                .mapToDouble(name -> BenchReport.at(figures, name))
                .min()
                .orElseThrow();
    }
}
