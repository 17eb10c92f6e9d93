package io.liteferry.cli.harmless;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An application: eight writers, each with a connection of its own, in a process of their own. They may take turns among
 * themselves, and then no two of them are ever in a transaction at once: whatever stands in the way of one came from
 * another process.
 */
final class Writers {
    static final int BODY_BYTES = 64_000;
    static final int ROWS = 200;

    private enum Mode {
        AUTOCOMMIT,
        DEFERRED,
        IMMEDIATE
    }

    /** How one writer writes. */
    private record Writer(int number, Mode mode, int busyTimeoutMillis) {
        String name() {
            return mode + "-" + busyTimeoutMillis;
        }
    }

    private static final List<Writer> EIGHT = List.of(
            new Writer(0, Mode.AUTOCOMMIT, 0),
            new Writer(1, Mode.AUTOCOMMIT, 5_000),
            new Writer(2, Mode.DEFERRED, 0),
            new Writer(3, Mode.DEFERRED, 5_000),
            new Writer(4, Mode.IMMEDIATE, 0),
            new Writer(5, Mode.IMMEDIATE, 5_000),
            new Writer(6, Mode.DEFERRED, 0),
            new Writer(7, Mode.AUTOCOMMIT, 5_000));

    private final String url;
    private final boolean inTurns;
    private final long commits;
    private final long untilNanos;
    private final Semaphore turns;
    private final AtomicLong committed = new AtomicLong();

    private Writers(String url, boolean inTurns, long commits, long untilNanos) {
        this.url = url;
        this.inTurns = inTurns;
        this.turns = new Semaphore(inTurns ? 1 : EIGHT.size(), true);
        this.commits = commits;
        this.untilNanos = untilNanos;
    }

    /** What became of a run: commits, and how often which writers met which error. */
    record Result(long commits, double seconds, Map<String, Long> errors) {
        static Result read(Path file) throws IOException {
            Properties p = new Properties();
            try (var in = Files.newBufferedReader(file)) {
                p.load(in);
            }
            Map<String, Long> errors = new TreeMap<>();
            for (String name : p.stringPropertyNames()) {
                if (name.startsWith("error.")) {
                    errors.put(name.substring("error.".length()), Long.valueOf(p.getProperty(name, "0")));
                }
            }
            return new Result(
                    Long.parseLong(p.getProperty("commits", "0")),
                    Double.parseDouble(p.getProperty("seconds", "0")),
                    errors);
        }
    }

    static void create(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("CREATE TABLE page(id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, body BLOB NOT NULL)");
            s.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + (ROWS - 1)
                    + ") INSERT INTO page SELECT i, 'page ' || i, randomblob(" + BODY_BYTES + ") FROM n");
        }
    }

    /** {@code FILE RESULT in-turns|at-once SECONDS COMMITS}: goes on until both are reached. */
    public static void main(String[] arguments) throws Exception {
        long from = System.nanoTime();
        Writers writers = new Writers(
                "jdbc:sqlite:" + arguments[0],
                arguments[2].equals("in-turns"),
                Long.parseLong(arguments[4]),
                from + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[3])));
        Map<String, Long> errors = writers.run();
        Properties p = new Properties();
        p.setProperty("commits", String.valueOf(writers.committed.get()));
        p.setProperty("seconds", String.valueOf((System.nanoTime() - from) / 1e9));
        errors.forEach((name, count) -> p.setProperty("error." + name, String.valueOf(count)));
        try (var out = Files.newBufferedWriter(Path.of(arguments[1]))) {
            p.store(out, null);
        }
    }

    private Map<String, Long> run() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(EIGHT.size());
        try {
            List<Future<Map<String, Long>>> done = new ArrayList<>();
            for (Writer w : EIGHT) {
                done.add(threads.submit(() -> write(w)));
            }
            Map<String, Long> errors = new TreeMap<>();
            for (Future<Map<String, Long>> d : done) {
                d.get().forEach((name, count) -> errors.merge(name, count, Long::sum));
            }
            return errors;
        } finally {
            threads.shutdownNow();
        }
    }

    private Map<String, Long> write(Writer writer) throws SQLException, InterruptedException {
        Map<String, Long> errors = new TreeMap<>();
        try (Connection c = DriverManager.getConnection(
                        url + "?synchronous=NORMAL&busy_timeout=" + writer.busyTimeoutMillis());
                Statement s = c.createStatement()) {
            for (int i = 0; System.nanoTime() - untilNanos < 0 || committed.get() < commits; i++) {
                turns.acquire();
                try {
                    transaction(s, writer, (i * EIGHT.size() + writer.number()) % ROWS);
                    committed.incrementAndGet();
                } catch (SQLException e) {
                    errors.merge(writer.name() + " " + code(e), 1L, Long::sum);
                    rollback(s);
                } finally {
                    turns.release();
                }
                TimeUnit.MILLISECONDS.sleep(inTurns ? 1 : 8);
            }
        }
        return errors;
    }

    private static void transaction(Statement s, Writer writer, int row) throws SQLException, InterruptedException {
        String update = "UPDATE page SET body = randomblob(" + BODY_BYTES + ") WHERE id = " + row;
        switch (writer.mode()) {
            case AUTOCOMMIT ->
                s.execute(
                        row % 3 == 0
                                ? "REPLACE INTO page SELECT id, slug, randomblob(" + BODY_BYTES
                                        + ") FROM page WHERE id = " + row
                                : update);
            case DEFERRED -> {
                s.execute("BEGIN");
                try (ResultSet rs = s.executeQuery("SELECT slug FROM page WHERE id = " + row)) {
                    rs.next();
                }
                // The application thinks; a foreign commit now makes the write below fail.
                TimeUnit.MILLISECONDS.sleep(2);
                s.execute(update);
                s.execute("COMMIT");
            }
            case IMMEDIATE -> {
                s.execute("BEGIN IMMEDIATE");
                s.execute(update);
                s.execute("COMMIT");
            }
        }
    }

    /** The driver's messages begin with the code in brackets. */
    private static String code(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.substring(message.indexOf('[') + 1, Math.max(message.indexOf(']'), 1));
    }

    private static void rollback(Statement s) throws SQLException {
        try {
            s.execute("ROLLBACK");
        } catch (SQLException e) {
            // BEGIN itself, or an autocommit statement, had failed: nothing is open.
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                throw e;
            }
        }
    }

    /** Starts the writers. */
    static Process start(Path database, Path result, boolean inTurns, long seconds, long commits) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writers.class.getName(),
                        database.toString(),
                        result.toString(),
                        inTurns ? "in-turns" : "at-once",
                        String.valueOf(seconds),
                        String.valueOf(commits))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        result.resolveSibling("writers.log").toFile()))
                .start();
    }
}
