package io.liteferry.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    private Path directory;

    @Test
    void keepsItsDataBetweenTwoStarts() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            execute(server.jdbcUrl(), "CREATE TABLE kept AS SELECT 41 AS answer");
        }
        try (PostgresServer server = PostgresServer.start(directory, 0, Map.of("work_mem", "5MB"))) {
            execute(server.jdbcUrl(), "UPDATE kept SET answer = answer + 1");
            assertThat(value(server.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
            assertThat(value(server.jdbcUrl(), "SHOW work_mem")).isEqualTo("5MB");
            assertThat(value(server.jdbcUrl(), "SHOW wal_level")).isEqualTo("logical");
            assertThat(value(server.jdbcUrl(), "SHOW fsync")).isEqualTo("on");
            assertThat(PostgresServer.findRunning(directory)).contains(server.jdbcUrl());
        }
        assertThat(PostgresServer.findRunning(directory)).isEmpty();
    }

    @Test
    void ordersTextByCodePointAndKnowsTheCaseOfAllLetters() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(value(server.jdbcUrl(), "SELECT lower('ÄÉ') || (SELECT 'Z' < 'a')"))
                    .isEqualTo("äétrue");
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres&password=guess";
            assertThatThrownBy(() -> DriverManager.getConnection(url))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void refusesADirectoryThatIsInUse() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThatThrownBy(() -> PostgresServer.start(directory))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use by another run");
            assertThat(value(server.jdbcUrl(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> PostgresServer.start(directory, taken.getLocalPort(), Map.of()))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("Address already in use");
        }
        PostgresServer.start(directory).close();
    }

    @Test
    void makesItsFilesAnewWhenTheyWereHalfMade() throws Exception {
        Files.createDirectories(directory.resolve("data.unfinished/base"));
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(value(server.jdbcUrl(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void keepsWhatWasCommittedWhenItsOwnerIsKilled() throws Exception {
        Process owner = ServerOwner.launch("postgres", directory);
        execute(ServerOwner.address(owner), "CREATE TABLE kept AS SELECT 42 AS answer");
        owner.destroyForcibly().waitFor();
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(value(server.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void stopsTheServerThatAnEarlierRunLeftBehind() throws Exception {
        Process owner = ServerOwner.launch("postgres", directory);
        String url = ServerOwner.address(owner);
        List<ProcessHandle> guards = owner.descendants().toList();
        guards.forEach(ProcessHandle::destroyForcibly);
        owner.destroyForcibly().waitFor();
        try (Connection open = DriverManager.getConnection(url);
                Statement statement = open.createStatement()) {
            statement.execute("CREATE TABLE kept AS SELECT 42 AS answer");
            try (PostgresServer server = PostgresServer.start(directory)) {
                assertThat(value(server.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
            }
        }
    }

    @Test
    void startsWhenAnotherProcessHasTheNumberOfAKilledServer() throws Exception {
        PostgresServer.start(directory).close();
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.resolve("data")
                        + "\n1\n5432\n\n127.0.0.1\n1 1\nready\n");
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(value(server.jdbcUrl(), "SELECT 1")).isEqualTo("1");
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
