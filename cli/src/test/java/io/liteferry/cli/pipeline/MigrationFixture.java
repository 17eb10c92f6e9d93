package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.cli.Main;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** One migration as its user runs it: commands in this JVM, or processes of their own where they are to be killed. */
final class MigrationFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Path source;

    /** What a command printed and how it ended. */
    record Ended(int exit, String out, String err) {
        JsonNode json() throws IOException {
            return JSON.readTree(out);
        }
    }

    private MigrationFixture(Path folder, Path source) {
        this.folder = folder;
        this.source = source;
    }

    static MigrationFixture chinook(Path folder) throws IOException {
        Path source = folder.resolve("chinook.sqlite");
        try (InputStream in = MigrationFixture.class.getResourceAsStream("/chinook.sqlite")) {
            Files.copy(in, source);
        }
        return new MigrationFixture(folder, source);
    }

    static MigrationFixture of(Path folder, Path source) {
        return new MigrationFixture(folder, source);
    }

    Path source() {
        return source;
    }

    Path config() {
        return folder.resolve("migration.yaml");
    }

    Plan plan() {
        return PlanFile.read(config());
    }

    Ended command(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.execute(new PrintWriter(out), new PrintWriter(err), args);
        return new Ended(exit, out.toString(), err.toString());
    }

    /**
     * Writes migration.yaml as {@code liteferry plan} prints it, with options filled in; the name is one of its own, because
     * all tests share one broker.
     */
    void makePlan() throws IOException {
        plan(List.of());
    }

    /** The same with a broker and a target that stand already; the password goes into a file, as a migration file never holds one. */
    void makePlanFor(String bootstrapServers, String jdbcUrl, String... more) throws IOException {
        List<String> options = connection(bootstrapServers, jdbcUrl);
        options.add("connection.url=" + withoutParameters(jdbcUrl));
        options.addAll(List.of(more));
        plan(List.of(), options.toArray(String[]::new));
    }

    /** The same with all options given; an option may be a secret's reference. */
    void makePlanWith(Map<String, String> options) throws IOException {
        plan(
                List.of(),
                options.entrySet().stream()
                        .map(o -> o.getKey() + "=" + o.getValue())
                        .toArray(String[]::new));
    }

    /** The same onto tables that the target has already. */
    void makePlanOnto(String bootstrapServers, String jdbcUrl) throws IOException {
        List<String> options = connection(bootstrapServers, jdbcUrl);
        plan(List.of("--target", withoutParameters(jdbcUrl)), options.toArray(String[]::new));
    }

    private List<String> connection(String bootstrapServers, String jdbcUrl) throws IOException {
        Path password = Files.writeString(folder.resolve("password"), parameter(jdbcUrl, "password"));
        return new ArrayList<>(List.of(
                "bootstrap.servers=" + bootstrapServers,
                "connection.username=" + parameter(jdbcUrl, "user"),
                "connection.password=${file:" + password + "}"));
    }

    private static String withoutParameters(String jdbcUrl) {
        return jdbcUrl.replaceFirst("\\?.*", "");
    }

    private static String parameter(String jdbcUrl, String name) {
        Matcher value = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(jdbcUrl);
        assertThat(value.find()).as(name).isTrue();
        return URLDecoder.decode(value.group(1), StandardCharsets.UTF_8);
    }

    private void plan(List<String> more, String... options) throws IOException {
        String name = "t" + UUID.randomUUID().toString().substring(0, 8);
        List<String> args = new ArrayList<>(List.of("plan", source.toString(), "--name", name));
        args.addAll(more);
        for (String option : options) {
            args.add("--set");
            args.add(option);
        }
        for (String service : List.of("capture", "sink", "validator", "reverse")) {
            args.add("--set");
            args.add(service + ".admin.address=127.0.0.1:0");
        }
        Ended plan = command(args.toArray(String[]::new));
        assertThat(plan.exit()).as(plan.err()).isZero();
        Files.writeString(config(), plan.out());
    }

    Ended runUntilReady(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "run",
                "all",
                "--config",
                config().toString(),
                "--until",
                "ready",
                "--timeout",
                "3m",
                "--clean-passes",
                "1",
                "--stable",
                "2s",
                "-o",
                "json"));
        args.addAll(List.of(more));
        return command(args.toArray(String[]::new));
    }

    /** Starts a command as a process of its own; what it prints goes to a file in the folder. */
    Process process(String heap, String... args) throws IOException {
        return process(Map.of(), heap, args);
    }

    /** The same with variables of the environment. */
    Process process(Map<String, String> environment, String heap, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                // They live for seconds.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        File log = folder.resolve("process.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(environment);
        return builder.start();
    }

    String processLog() throws IOException {
        Path log = folder.resolve("process.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Waits until every table was compared whole by a pass that came to it after this call, and nothing is unknown. */
    static void awaitWholePass(String target, Plan plan, Pipeline pipeline) throws SQLException {
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement();
                ResultSet now = s.executeQuery("SELECT clock_timestamp()::text")) {
            now.next();
            String begun = now.getString(1);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        pipeline.failIfEnded();
                        try (PreparedStatement ps = c.prepareStatement(
                                "SELECT count(DISTINCT table_name) FROM"
                                        + " liteferry.validation_pass WHERE started_at > ?::timestamptz AND unknown = 0 AND in_flight = 0")) {
                            ps.setString(1, begun);
                            try (ResultSet r = ps.executeQuery()) {
                                return r.next() && r.getInt(1) == plan.tables().size();
                            }
                        }
                    });
        }
    }
}
