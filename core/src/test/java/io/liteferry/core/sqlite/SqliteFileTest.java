package io.liteferry.core.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
    @TempDir
    Path folder;

    @Test
    void saysWhyAFileCannotBeOpened() throws IOException {
        byte[] noise = new byte[8192];
        new Random(1).nextBytes(noise);

        assertThat(code(folder.resolve("missing.db"))).isEqualTo(ErrorCode.SOURCE_NOT_READABLE);
        assertThat(code(folder)).isEqualTo(ErrorCode.SOURCE_NOT_READABLE);
        assertThat(code(Files.write(folder.resolve("encrypted.db"), noise))).isEqualTo(ErrorCode.SOURCE_NOT_SQLITE);
        assertThat(code(Files.writeString(folder.resolve("text.db"), "hello ".repeat(200))))
                .isEqualTo(ErrorCode.SOURCE_NOT_SQLITE);
    }

    @Test
    void saysThatADatabaseIsCorrupt() throws IOException, SQLException {
        Path file = database("broken.db");
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, 100, 4096, (byte) 0xFF);
        Files.write(file, bytes);

        assertThat(code(file)).isEqualTo(ErrorCode.SOURCE_CORRUPT);
    }

    @Test
    void anEmptyFileIsAnEmptyDatabase() throws IOException, SQLException {
        Path file = Files.createFile(folder.resolve("empty.db"));

        try (Connection c = new SqliteFile(file).openReadOnly()) {
            assertThat(new SqliteCatalog(c).tables()).isEmpty();
        }
    }

    @Test
    void aReaderCannotWriteAndDoesNotMakeAFile() throws SQLException {
        SqliteFile file = new SqliteFile(database("app.db"));

        for (Connection reader : new Connection[] {file.openReader(), file.openReadOnly()}) {
            try (reader;
                    Statement s = reader.createStatement()) {
                assertThatThrownBy(() -> s.execute("INSERT INTO t VALUES (9)")).hasMessageContaining("readonly");
            }
        }
        assertThatThrownBy(() -> new SqliteFile(folder.resolve("none.db")).openReader())
                .isInstanceOf(LiteferryException.class);
        assertThat(folder.resolve("none.db")).doesNotExist();
    }

    @Test
    void knowsAFileThatWasReplaced() throws IOException, SQLException {
        Path file = database("app.db");
        SqliteFile.Identity before = new SqliteFile(file).identity();
        Files.move(database("other.db"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(new SqliteFile(file).identity()).isNotEqualTo(before);
    }

    @Test
    void readersTakeTurns() throws Exception {
        SqliteFile file = new SqliteFile(database("app.db"));

        try (ReadTurn one = new ReadTurn(file);
                ReadTurn other = new ReadTurn(file)) {
            try (ReadTurn.Held held = one.take(1_000)) {
                assertThat(held.taken()).isTrue();
                boolean[] taken = new boolean[1];
                Thread waiting = new Thread(() -> {
                    try (ReadTurn.Held second = other.take(50)) {
                        taken[0] = second.taken();
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                waiting.start();
                waiting.join();
                assertThat(taken[0]).isFalse();
            }
            try (ReadTurn.Held held = other.take(1_000)) {
                assertThat(held.taken()).isTrue();
            }
        }
    }

    private Path database(String name) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
            s.execute("INSERT INTO t VALUES (1)");
        }
        return file;
    }

    private static ErrorCode code(Path file) {
        try (Connection ignored = new SqliteFile(file).openReadOnly()) {
            throw new AssertionError("opened " + file);
        } catch (LiteferryException e) {
            return e.code();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theDriverLetsOneThreadAtATimeIntoAConnectionWithoutSqlitesMutex() throws Exception {
        assertThat(Class.forName("org.sqlite.core.NativeDB").getDeclaredMethods())
                .filteredOn(m -> Modifier.isNative(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
                .filteredOn(m -> !Modifier.isSynchronized(m.getModifiers()))
                .extracting(Method::getName)
                .as("SQLite allows interrupt from any thread; the version is a constant")
                .containsExactlyInAnyOrder("interrupt", "libversion_utf8");
    }
}
