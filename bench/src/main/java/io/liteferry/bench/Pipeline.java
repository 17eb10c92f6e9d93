package io.liteferry.bench;

import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.install.ChangeLog;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** Capture and sink in a fresh JVM of their own, as a parent process sees them. */
final class Pipeline implements AutoCloseable {
    /** Of capture and sink in one. */
    static final String HEAP = "512m";

    /** Of one of them, the launcher's. */
    static final String HEAP_ALONE = "256m";

    private static final long ARCHIVE_ROWS = 1_000;

    /** The launcher's. */
    private static final String JAVA_OPTIONS = "-XX:+VerifySharedSpaces -XX:Tier4InvocationThreshold=15000"
            + " -XX:Tier4MinInvocationThreshold=1800 -XX:Tier4CompileThreshold=45000"
            + " -XX:Tier4BackEdgeThreshold=120000 ";

    private static final long LIMIT_SECONDS = 900;
    private static final long LOOK_EVERY_MILLIS = 5;

    private final Plan plan;
    private final Child child;
    private final long startedNanos;

    private Pipeline(Plan plan, Child child, long startedNanos) {
        this.plan = plan;
        this.child = child;
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

    /**
     * Loads a few rows once, so that the JVM leaves an archive of its classes, and every later process of this folder starts
     * with it: what the launcher does at the first run.
     */
    static void makeArchive(Servers servers, int partitions) throws IOException, SQLException, InterruptedException {
        Path folder = servers.folder();
        Path few = folder.resolve("first.db");
        WideTable.create(few, ARCHIVE_ROWS);
        String url = servers.newDatabase("first");
        Plan plan = plan("first", few, url, servers, List.of(WideTable.plan(ARCHIVE_ROWS, partitions)));
        apply(plan);
        Path archive = archive(folder);
        String java = "-XX:ArchiveClassesAtExit=" + archive;
        try (Pipeline first = start(plan, folder, HEAP, java, List.of(), List.of())) {
            first.secondsUntilConsistent();
        }
        if (!Files.exists(archive)) {
            throw new IllegalStateException("The JVM has left no archive of its classes; see "
                    + folder.resolve(plan.name() + ".log") + ". The class path must be of jars alone.");
        }
        servers.dropDatabase("first");
    }

    private static Path archive(Path folder) {
        return folder.resolve("classes.jsa");
    }

    /** Starts the process; the clock of {@link #secondsUntilConsistent()} runs from here. */
    static Pipeline start(Plan plan, Path folder) throws IOException {
        return start(plan, folder, HEAP, List.of(), List.of());
    }

    /** Capture without the sink: what stands beside the source, and gives way to the application as the launcher has it. */
    static Pipeline startCapture(Plan plan, Path folder, Cores cores) throws IOException {
        List<String> before = new ArrayList<>(cores.beside());
        before.addAll(List.of("nice", "-n", "5"));
        return start(plan, folder, HEAP_ALONE, before, List.of(PipelineProcess.ALONE));
    }

    /** The sink without capture. */
    static Pipeline startSink(Plan plan, Path folder) throws IOException {
        return start(plan, folder, HEAP_ALONE, List.of(), List.of(PipelineProcess.SINK));
    }

    /** All four services. */
    static Pipeline startAll(Plan plan, Path folder) throws IOException {
        return start(plan, folder, HEAP, List.of("nice", "-n", "5"), List.of(PipelineProcess.ALL));
    }

    private static Pipeline start(Plan plan, Path folder, String heap, List<String> before, List<String> arguments)
            throws IOException {
        Path archive = archive(folder);
        String java = Files.exists(archive) ? "-XX:SharedArchiveFile=" + archive : "";
        return start(plan, folder, heap, java, before, arguments);
    }

    private static Pipeline start(
            Plan plan, Path folder, String heap, String java, List<String> before, List<String> arguments)
            throws IOException {
        Path file = folder.resolve(plan.name() + ".yaml");
        PlanFile.write(plan, file);
        List<String> all = new ArrayList<>(List.of(file.toString()));
        all.addAll(arguments);
        long from = System.nanoTime();
        Child child = Child.start(
                before,
                PipelineProcess.class,
                heap,
                folder.resolve(plan.name() + ".log"),
                Map.of(
                        "LITEFERRY_CONNECTION_URL",
                        plan.options().string(Options.CONNECTION_URL),
                        "JDK_JAVA_OPTIONS",
                        JAVA_OPTIONS + java),
                all);
        return new Pipeline(plan, child, from);
    }

    /** Waits until the services run and returns the seconds this took, the start of the JVM included. */
    double secondsUntilStarted() throws IOException {
        child.running();
        return seconds();
    }

    /** Waits until capture has sent all that the log holds. */
    void awaitCaughtUp(Connection source) throws SQLException, InterruptedException {
        KafkaClients clients = KafkaClients.of(plan.options());
        long logged;
        try (Statement s = source.createStatement();
                ResultSet rs = s.executeQuery("SELECT max(seq) FROM " + ChangeLog.LOG)) {
            logged = rs.getLong(1);
        }
        while (seconds() < LIMIT_SECONDS) {
            if (EndTopic.last(clients, plan)
                    .filter(end -> end.position().seq() >= logged && end.consistent())
                    .isPresent()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        throw new IllegalStateException(
                "Capture of " + plan.name() + " has not caught up after " + LIMIT_SECONDS + " s");
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
                child.demandAlive();
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
        }
        throw new IllegalStateException(plan.name() + " was not loaded in " + LIMIT_SECONDS + " s");
    }

    /** The most memory the process has had in RAM until now, in MiB. */
    double peakResidentMib() throws IOException {
        return child.peakResidentMib();
    }

    private double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Lets the services end as they do on SIGTERM. */
    @Override
    public void close() throws IOException {
        child.close();
    }
}
