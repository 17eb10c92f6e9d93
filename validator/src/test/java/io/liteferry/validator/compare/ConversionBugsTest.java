package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sink with a bug in its conversion would have written: each is named, by row and column. */
class ConversionBugsTest {
    private static final int LARGE = 70_000;

    @TempDir
    Path folder;

    private TwoSides sides;

    @BeforeEach
    void aRowThatIsConvertedRightly() throws SQLException {
        sides = new TwoSides(folder, Map.of(), specimens());
        sides.source("CREATE TABLE specimens(id INTEGER PRIMARY KEY, name TEXT, note TEXT, big INTEGER, ratio REAL,"
                + " zero, price TEXT, photo BLOB, doc TEXT, tags TEXT, seen TEXT, clock TEXT)");
        sides.source("INSERT INTO specimens VALUES (1, ' Zoë ', '', 9007199254740993, 0.1 + 0.2, -0.0, '12.345',"
                + " zeroblob(" + LARGE + "), '{\"b\":1, \"a\":2}', '[2,1]', '2024-07-01 12:00:00', '24:00:00')");
        sides.target("CREATE TABLE specimens(id bigint PRIMARY KEY, name text, note text, big bigint,"
                + " ratio double precision, zero double precision, price numeric(12,3), photo bytea, doc json,"
                + " tags jsonb, seen timestamptz, clock time)");
        sides.target(
                "INSERT INTO specimens VALUES (1, ' Zoë ', '', 9007199254740993, 0.30000000000000004, '-0', 12.345,"
                        + " decode(repeat('00', " + LARGE + "), 'hex'), '{\"b\":1, \"a\":2}', '[2,1]',"
                        + " '2024-07-01 10:00:00+00', '24:00:00')");
        sides.applied();
        assertThat(sides.pass("specimens").told()).isEmpty();
    }

    private static TablePlan specimens() {
        ColumnPlan seen = new ColumnPlan(
                "seen",
                "seen",
                TargetType.of(Kind.TIMESTAMPTZ),
                Encoding.ISO8601,
                true,
                Optional.empty(),
                Optional.of(ZoneId.of("Europe/Berlin")),
                false,
                false);
        return TablePlan.simple(
                "specimens",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT)),
                        ColumnPlan.plain("note", TargetType.of(Kind.TEXT)),
                        ColumnPlan.plain("big", TargetType.of(Kind.BIGINT)),
                        ColumnPlan.plain("ratio", TargetType.of(Kind.DOUBLE)),
                        ColumnPlan.plain("zero", TargetType.of(Kind.DOUBLE)),
                        ColumnPlan.plain("price", TargetType.numeric(12, 3)),
                        ColumnPlan.plain("photo", TargetType.of(Kind.BYTEA)),
                        ColumnPlan.plain("doc", TargetType.of(Kind.JSON)),
                        ColumnPlan.plain("tags", TargetType.of(Kind.JSONB)),
                        seen,
                        ColumnPlan.plain("clock", TargetType.of(Kind.TIME)).withEncoding(Encoding.ISO8601)));
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    private void named(String column, String written) throws SQLException {
        sides.target("UPDATE specimens SET " + column + " = " + written);
        TwoSides.Outcome outcome = sides.pass("specimens");
        assertThat(outcome.told()).containsExactly("row_diff 1 [" + column + "]");
        assertThat(outcome.tally().count(RowVerdict.EQUAL)).isZero();
    }

    @Test
    void aFloatThatWentThroughTextOf15DigitsIsNamed() throws SQLException {
        named("ratio", "0.3");
    }

    @Test
    void aTimeThatWasShiftedByItsZoneIsNamed() throws SQLException {
        named("seen", "'2024-07-01 12:00:00+00'");
    }

    @Test
    void aTimeThatWasReadWithTheWinterOffsetOfItsZoneIsNamed() throws SQLException {
        named("seen", "'2024-07-01 11:00:00+00'");
    }

    @Test
    void textThatWasTrimmedIsNamed() throws SQLException {
        named("name", "'Zoë'");
    }

    @Test
    void textThatLostOneSpaceAtItsEndIsNamed() throws SQLException {
        named("name", "' Zoë'");
    }

    @Test
    void textInAnotherNormalFormIsNamed() throws SQLException {
        named("name", "normalize(' Zoë ', NFD)");
    }

    @Test
    void aReplacementCharacterInPlaceOfBytesThatAreNoUtf8IsNamed() throws SQLException {
        sides.source("UPDATE specimens SET name = CAST(x'205aff20' AS TEXT)");
        named("name", "U&' Z\\FFFD '");
    }

    @Test
    void aNegativeZeroThatLostItsSignIsNamed() throws SQLException {
        named("zero", "0");
    }

    @Test
    void anIntegerAbove2To53ThatWentThroughADoubleIsNamed() throws SQLException {
        named("big", "big::double precision::bigint");
    }

    @Test
    void emptyTextThatBecameNullIsNamed() throws SQLException {
        named("note", "NULL");
    }

    @Test
    void jsonWhoseTextWasWrittenAnewIsNamed() throws SQLException {
        named("doc", "'{\"a\":2, \"b\":1}'");
    }

    @Test
    void aJsonbArrayInAnotherOrderIsNamed() throws SQLException {
        named("tags", "'[1,2]'");
    }

    @Test
    void aDecimalThatWasRoundedIsNamed() throws SQLException {
        named("price", "12.35");
    }

    @Test
    void aDecimalThatWentThroughAFloatIsNamed() throws SQLException {
        sides.source("UPDATE specimens SET price = '123456789.123'");
        named("price", "123456789.123::real::numeric(12,3)");
    }

    @Test
    void aBlobThatWasCutAt64KibIsNamed() throws SQLException {
        named("photo", "substr(photo, 1, 65536)");
    }

    @Test
    void theEndOfADayThatBecameItsBeginningIsNamed() throws SQLException {
        named("clock", "'00:00:00'");
    }
}
