package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress.State;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Values that no driver carries by itself, one hazard a test, as numbered in docs/understand/capture.md. */
class ValueHazardsTest extends WithAndWithout {
    @Test
    @DisplayName("S17: generated columns arrive as the source computes them, also under a rename of what they read")
    void generatedColumnsArrive() throws Exception {
        CapturedSource s = source(true);
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, a, g AS (a * 2) VIRTUAL, h AS (a || '!') STORED)",
                        "INSERT INTO t VALUES (1, 3)")
                .table("t", List.of("id"), "id", "a", "g", "h");
        s.capture();
        assertThat(s.differences("UPDATE t SET a = 4", "INSERT INTO t VALUES (2, NULL)"))
                .isEmpty();
    }

    @Test
    @DisplayName("S19: text that is none, NUL, infinities and numbers beyond 63 bits arrive as they are stored")
    void everyStorableValueArrives() throws Exception {
        String[] schema = {"CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER)"};
        String[] writes = {
            "INSERT INTO t VALUES (1, CAST(x'ff41' AS TEXT)), (2, CAST(x'610062' AS TEXT)), (3, 9e999), (4, -9e999),"
                    + " (5, 9223372036854775808), (6, 'text'), (7, x''), (8, ''), (9, 9e999 - 9e999),"
                    + " (10, CAST(x'eda080' AS TEXT)), (11, -0.0), (12, 9223372036854775807)"
        };
        assertThat(after(s -> {}, true, List.of("id"), "id,v", schema, writes)).isEmpty();
        try (Statement st = current.source.connection().createStatement();
                ResultSet rs = st.executeQuery("SELECT v FROM t WHERE id = 1")) {
            rs.next();
            assertThat(rs.getString(1)).as("what the driver makes of it").isEqualTo("\uFFFDA");
        }
    }

    @Test
    @DisplayName("S19: halves of surrogate pairs in a UTF-16 database arrive with their bits, and are no valid UTF-8")
    void halvesOfSurrogatePairsArriveWithTheirBits() throws Exception {
        for (String encoding : List.of("UTF-16le", "UTF-16be")) {
            CapturedSource s = source(true);
            s.source
                    .sql(
                            "PRAGMA encoding = '" + encoding + "'",
                            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
                            "INSERT INTO t VALUES (0, 'a\uD83D\uDE00é')")
                    .table("t", List.of("id"), "id", "v");
            s.capture();
            boolean little = encoding.endsWith("le");
            put(s, 1, little ? "3dd84100" : "d83d0041"); // a high half, then a letter that a careless decoder swallows
            put(s, 2, little ? "00de4100" : "de000041"); // a low half
            put(s, 3, little ? "3dd8" : "d83d"); // a high half at the end
            assertThat(s.differences()).isEmpty();
            assertThat(s.replica().value(0, 0, 1)).isEqualTo("61f09f9880c3a9");
            assertThat(s.replica().value(0, 1, 1)).isEqualTo("eda0bd41");
            assertThat(s.replica().value(0, 2, 1)).isEqualTo("edb88041");
            assertThat(s.replica().value(0, 3, 1)).isEqualTo("eda0bd");
        }
    }

    @Test
    @DisplayName("S19: such text as a key suspends its table, because no statement could find the row again")
    void halfASurrogatePairInAKeySuspendsTheTable() throws Exception {
        String half = "INSERT INTO t VALUES (CAST(x'3dd84100' AS TEXT))";
        for (boolean inTheSnapshot : new boolean[] {true, false}) {
            CapturedSource s = source(true);
            s.source
                    .sql("PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL)")
                    .table("t", List.of("k"), "k");
            if (inTheSnapshot) {
                s.source.sql(half);
                s.capture();
            } else {
                s.capture();
                s.differences(half);
            }
            assertThat(s.progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(s.progress("t").reason()).contains("surrogate");
        }
    }

    private static void put(CapturedSource s, int id, String bytes) throws Exception {
        try (PreparedStatement ps =
                s.source.connection().prepareStatement("INSERT INTO t VALUES (?, CAST(x'" + bytes + "' AS TEXT))")) {
            ps.setInt(1, id);
            ps.executeUpdate();
        }
    }
}
