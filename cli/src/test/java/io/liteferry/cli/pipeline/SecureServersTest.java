package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.embedded.EmbeddedKafka;
import io.liteferry.embedded.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.assertj.core.util.Throwables;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL by sslmode=verify-full, Kafka by SASL over TLS, every secret by reference: none is ever shown. */
class SecureServersTest {
    private static final String KAFKA_PASSWORD = "kafka-s3cret-4711";
    private static final String STORE_PASSWORD = "store-s3cret-0815";

    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    @TempDir
    static Path folder = Path.of("");

    private static @Nullable EmbeddedKafka kafka;
    private static @Nullable PostgresServer postgres;
    private static @Nullable Certificate certificate;

    @BeforeAll
    static void startThem() throws Exception {
        Certificate made = Certificate.make(folder, "server", "ip:127.0.0.1", STORE_PASSWORD);
        certificate = made;
        String listener = "listener.name.plaintext.";
        Map<String, String> broker = new HashMap<>(Map.of(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                listener + "ssl.keystore.location",
                made.keys().toString(),
                listener + "ssl.keystore.password",
                STORE_PASSWORD,
                listener + "ssl.key.password",
                STORE_PASSWORD,
                listener + "ssl.truststore.location",
                made.trust().toString(),
                listener + "ssl.truststore.password",
                STORE_PASSWORD));
        broker.put(
                listener + "plain.sasl.jaas.config",
                LOGIN + "username=\"broker\" password=\"" + KAFKA_PASSWORD + "\" user_broker=\"" + KAFKA_PASSWORD
                        + "\" user_liteferry=\"" + KAFKA_PASSWORD + "\";");
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, broker);
        postgres = PostgresServer.start(
                folder.resolve("postgres"),
                0,
                Map.of(
                        "fsync",
                        "off",
                        "ssl",
                        "on",
                        "ssl_cert_file",
                        made.pem().toString(),
                        "ssl_key_file",
                        made.pemKey().toString()));
    }

    @AfterAll
    static void stopThem() {
        Objects.requireNonNull(postgres).close();
        Objects.requireNonNull(kafka).close();
    }

    private static String bootstrap() {
        return Objects.requireNonNull(kafka).bootstrapServers();
    }

    /** Without a password. */
    private static String url(Certificate trusted) {
        return "jdbc:postgresql://127.0.0.1:" + Objects.requireNonNull(postgres).port()
                + "/liteferry?sslmode=verify-full&sslrootcert=" + trusted.pem();
    }

    private static String password() {
        String url = Objects.requireNonNull(postgres).jdbcUrl();
        return url.substring(url.indexOf("password=") + "password=".length());
    }

    /** As a migration file has them; the files hold the secrets. */
    private static Map<String, String> options(Certificate trusted) throws IOException {
        Path login = Files.writeString(folder.resolve("kafka-password"), KAFKA_PASSWORD);
        Path target = Files.writeString(folder.resolve("target-password"), password());
        Path stores = Files.writeString(folder.resolve("store-password"), STORE_PASSWORD);
        return new HashMap<>(Map.of(
                Options.BOOTSTRAP_SERVERS,
                bootstrap(),
                "kafka.security.protocol",
                "SASL_SSL",
                "kafka.sasl.mechanism",
                "PLAIN",
                "kafka.sasl.jaas.config",
                LOGIN + "username=\"liteferry\" password=\"${file:" + login + "}\";",
                "kafka.ssl.truststore.location",
                trusted.trust().toString(),
                "kafka.ssl.truststore.password",
                "${file:" + stores + "}",
                Options.CONNECTION_URL,
                url(trusted),
                Options.CONNECTION_USERNAME,
                "postgres",
                Options.CONNECTION_PASSWORD,
                "${file:" + target + "}"));
    }

    @Tag("long")
    @Test
    void theWholePipelineRunsOnThemAndNoSecretIsShown() throws Exception {
        Certificate trusted = Objects.requireNonNull(certificate);
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        chinook.makePlanWith(options(trusted));
        String yaml = Files.readString(chinook.config());
        for (Part part : Part.values()) {
            yaml = yaml.replaceFirst(
                    "(" + part.label() + "\\.admin\\.address: \\W?127\\.0\\.0\\.1:)0", "$1" + freePort());
        }
        Files.writeString(chinook.config(), yaml);
        Path verbose = Files.writeString(folder.resolve("logback.xml"), """
                <configuration><appender name="A" class="ch.qos.logback.core.ConsoleAppender"><target>System.err</target>
                <encoder><pattern>%level %logger %msg %kvp%n%ex</pattern></encoder></appender>
                <logger name="io.liteferry" level="TRACE"/><root level="DEBUG"><appender-ref ref="A"/></root></configuration>
                """);
        Map<String, String> environment = Map.of(
                "LITEFERRY_KAFKA_SSL_TRUSTSTORE_PASSWORD",
                STORE_PASSWORD,
                "JAVA_TOOL_OPTIONS",
                "-Dlogback.configurationFile=" + verbose);
        String config = chinook.config().toString();
        Process services = chinook.process(environment, "300m", "run", "all", "--config", config);
        try (Connection c = DriverManager.getConnection(
                        Objects.requireNonNull(postgres).jdbcUrl());
                Statement s = c.createStatement()) {
            Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
                assertThat(services.isAlive()).as(chinook.processLog()).isTrue();
                return is(s, "SELECT to_regclass('liteferry.validation_pass') IS NOT NULL")
                        && is(s, "SELECT consistent FROM liteferry.applied")
                        && is(s, "SELECT count(*) > 0 FROM liteferry.validation_pass");
            });
            assertThat(is(
                            s,
                            "SELECT count(*) >= 2 AND bool_and(ssl) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
                                    + " WHERE application_name LIKE 'liteferry-%'"))
                    .isTrue();
            StringBuilder shown = new StringBuilder(Files.readString(chinook.config()))
                    .append(chinook.command("status", "-o", "json", "--config", config))
                    .append(chinook.command("apply", "--dry-run", "--config", config));
            for (Part part : Part.values()) {
                Matcher address = Pattern.compile(part.label() + "\\.admin\\.address: \\W?([0-9.:]+)")
                        .matcher(yaml);
                assertThat(address.find()).isTrue();
                for (String page : List.of("/metrics", "/readyz?verbose")) {
                    shown.append(get("http://" + address.group(1) + page));
                }
            }
            shown.append(chinook.processLog());
            assertThat(shown.toString())
                    .contains("sasl.jaas.config = [hidden]", "liteferry_sink_rows_total", "CREATE TABLE")
                    .doesNotContain(KAFKA_PASSWORD, STORE_PASSWORD, password());
        } finally {
            services.destroy();
            services.onExit().join();
        }
        assertThat(chinook.processLog()).doesNotContain(KAFKA_PASSWORD, STORE_PASSWORD, password());
    }

    @Test
    void anotherCertificateAnotherHostAndAWrongPasswordAreRefusedWithoutSayingTheSecret() throws Exception {
        Certificate good = Objects.requireNonNull(certificate);
        Certificate other = Certificate.make(folder, "other", "ip:127.0.0.1", STORE_PASSWORD);
        Path wrong = Files.writeString(folder.resolve("wrong"), "wr0ng-s3cret");
        Map<String, String> strict = options(good);
        strict.put(Options.CONNECTION_PASSWORD, "${file:" + wrong + "}");
        assertThatThrownBy(() -> PgConnections.of(Options.of(strict)).open("test"))
                .hasMessageContainingAll("LF-402", "password authentication failed")
                .hasMessageNotContaining("wr0ng");
        assertThatThrownBy(() -> PgConnections.of(Options.of(options(other))).open("test"))
                .hasMessageContaining("LF-401");
        assertThatThrownBy(() -> PgConnections.of(Options.of(options(good))
                                .with(Options.CONNECTION_URL, url(good).replace("127.0.0.1", "localhost")))
                        .open("test"))
                .hasMessageContaining("LF-401");
        assertThatThrownBy(() -> PgConnections.of(Options.of(options(good))
                                .with(Options.CONNECTION_URL, "jdbc:postgres://h/db?password=wr0ng-s3cret"))
                        .open("test"))
                .hasStackTraceContaining("jdbc:postgres://h/db")
                .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("wr0ng"));

        assertThatThrownBy(() -> makeTopics(options(other))).hasMessageContaining("LF-301");
        Map<String, String> denied = options(good);
        denied.put(
                "kafka.sasl.jaas.config",
                denied.getOrDefault("kafka.sasl.jaas.config", "")
                        .replaceFirst("\\{file:[^}]*}", "{file:" + wrong + "}"));
        assertThatThrownBy(() -> makeTopics(denied))
                .hasMessageContainingAll("LF-301", "Authentication failed")
                .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("wr0ng"));

        makeTopics(options(good));
        try (Connection c = PgConnections.of(Options.of(options(good))).open("test");
                Statement s = c.createStatement()) {
            assertThat(is(s, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                    .isTrue();
        }
    }

    private static void makeTopics(Map<String, String> options) {
        Options given = Options.of(options)
                .with("kafka.default.api.timeout.ms", "5000")
                .with("kafka.request.timeout.ms", "5000");
        try (Admin admin = KafkaClients.of(given).admin("test")) {
            Topics.makeMissing(admin, new Plan("secure", given, List.of()));
        }
    }

    private static String get(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static boolean is(Statement s, String sql) throws SQLException {
        try (ResultSet r = s.executeQuery(sql)) {
            return r.next() && r.getBoolean(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
