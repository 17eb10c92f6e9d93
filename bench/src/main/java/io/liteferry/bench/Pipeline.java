package io.liteferry.bench;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** Capture and sink in a fresh JVM of their own, as a parent process sees them. */
final class Pipeline implements AutoCloseable {
    static final String HEAP = "512m";

    private static final long LIMIT_SECONDS = 900;
    private static final long LOOK_EVERY_MILLIS = 5;

    private final Plan plan;
    private final Process process;
    private final Path log;
    private final long startedNanos;

    private Pipeline(Plan plan, Process process, Path log, long startedNanos) {
        this.plan = plan;
        this.process = process;
        this.log = log;
        this.startedNanos = startedNanos;
    }

    static Plan plan(String name, Path sqlite, String jdbcUrl, Servers servers, List<TablePlan> tables) {
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH,
                sqlite.toAbsolutePath().toString(),
                Options.BOOTSTRAP_SERVERS,
                servers.kafka(),
                Options.CONNECTION_URL,
                jdbcUrl,
                Options.CAPTURE_ADMIN_ADDRESS,
                "127.0.0.1:0",
                Options.SINK_ADMIN_ADDRESS,
                "127.0.0.1:0"));
        return new Plan(name, options, tables);
    }

    /** What {@code liteferry apply} does: triggers and log, target tables, topics. */
    static void apply(Plan plan) {
        new SourceInstaller(plan).install();
        new TargetInstaller(plan).install();
        try (Admin admin = KafkaClients.of(plan.options()).admin("bench")) {
            Topics.makeMissing(admin, plan);
        }
    }

    /** Starts the process; the clock of {@link #secondsUntilConsistent()} runs from here. */
    static Pipeline start(Plan plan, Path folder) throws IOException {
        return start(plan, folder, List.of());
    }

    /** Capture without the sink: what stands beside the source. */
    static Pipeline startCapture(Plan plan, Path folder) throws IOException {
        return start(plan, folder, List.of(PipelineProcess.ALONE));
    }

    private static Pipeline start(Plan plan, Path folder, List<String> arguments) throws IOException {
        Path file = folder.resolve(plan.name() + ".yaml");
        PlanFile.write(plan, file);
        Path log = folder.resolve(plan.name() + ".log");
        long from = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP,
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PipelineProcess.class.getName(),
                        file.toString())
                .redirectError(log.toFile());
        builder.command().addAll(arguments);
        builder.environment().put("LITEFERRY_CONNECTION_URL", plan.options().string(Options.CONNECTION_URL));
        Process process = builder.start();
        return new Pipeline(plan, process, log, from);
    }

    /** Waits until the services run and returns the seconds this took, the start of the JVM included. */
    double secondsUntilStarted() throws IOException {
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        if (!PipelineProcess.STARTED.equals(line)) {
            throw new IllegalStateException("The pipeline did not start: " + Files.readString(log));
        }
        return seconds();
    }

    /** Waits until every table has left its snapshot in the target, and returns the seconds since the start. */
    double secondsUntilConsistent() throws SQLException, IOException, InterruptedException {
        try (Connection c = DriverManager.getConnection(plan.options().string(Options.CONNECTION_URL));
                PreparedStatement p = c.prepareStatement("SELECT consistent FROM liteferry.applied WHERE source = ?")) {
            p.setString(1, plan.name());
            while (seconds() < LIMIT_SECONDS) {
                try (ResultSet rs = p.executeQuery()) {
                    if (rs.next() && rs.getBoolean(1)) {
                        return seconds();
                    }
                }
                if (!process.isAlive()) {
                    throw new IllegalStateException("The pipeline ended early: " + Files.readString(log));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
        }
        throw new IllegalStateException("The pipeline was not done in " + LIMIT_SECONDS + " s, see " + log);
    }

    private double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Lets the services end as they do on SIGTERM. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("The pipeline did not stop within 40 s, see " + log);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
