package io.liteferry.cli.independent;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.CaptureService;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.service.Service;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.SinkService;
import io.liteferry.sink.schema.TargetInstaller;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/** Planned and applied as a user would; capture and sink run in this process and can be started again. */
final class RunningPipeline implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Path file;
    private final String url;
    private final Plan plan;
    private List<Service> services = List.of();

    RunningPipeline(Path file) {
        this.file = file;
        this.url = SharedServers.newDatabase();
        Options options = Options.of(Map.of(
                Options.BOOTSTRAP_SERVERS,
                SharedServers.kafka(),
                Options.CONNECTION_URL,
                url,
                Options.CAPTURE_ADMIN_ADDRESS,
                "127.0.0.1:0",
                Options.SINK_ADMIN_ADDRESS,
                "127.0.0.1:0"));
        Plan proposed = new Planner(new SqliteFile(file), options).plan().plan();
        this.plan = new Plan("whole" + NAMES.incrementAndGet(), proposed.options(), proposed.tables());
        new SourceInstaller(plan).install();
        new TargetInstaller(plan).install();
        try (Admin admin = KafkaClients.of(plan.options()).admin("test")) {
            Topics.makeMissing(admin, plan);
        }
    }

    Plan plan() {
        return plan;
    }

    void start() {
        services = List.of(new SinkService(plan, Clock.systemUTC()), new CaptureService(plan, Clock.systemUTC()));
        services.forEach(Service::start);
    }

    void stop() {
        services.forEach(Service::close);
        services.forEach(s -> assertThat(s.failure()).as(s.name()).isNull());
        services = List.of();
    }

    /** Until the target is a state the source really had and nothing is in flight; the source must stand still. */
    void awaitCaughtUp() throws SQLException {
        long seq = number("jdbc:sqlite:" + file.toAbsolutePath(), "SELECT max(seq) FROM _liteferry_log");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> services.stream().anyMatch(s -> s.failure() != null)
                        || number(
                                        url,
                                        "SELECT seq FROM liteferry.applied WHERE consistent AND source = '"
                                                + plan.name() + "'")
                                >= seq);
        services.forEach(s -> assertThat(s.failure()).as(s.name()).isNull());
    }

    List<String> differences() throws SQLException {
        return IndependentComparison.compare(file, url, "public");
    }

    long number(String sql) throws SQLException {
        return number(url, sql);
    }

    private static long number(String url, String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.next() ? rs.getLong(1) : -1;
        }
    }

    @Override
    public void close() {
        services.forEach(Service::close);
    }
}
