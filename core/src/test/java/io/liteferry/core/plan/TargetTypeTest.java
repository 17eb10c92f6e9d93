package io.liteferry.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "character varying(40) | varchar(40)",
                "character varying | varchar",
                "character(3) | char(3)",
                "numeric(10,2) | numeric(10,2)",
                "NUMERIC( 10 , 2 ) | numeric(10,2)",
                "numeric(5) | numeric(5,0)",
                "decimal | numeric",
                "int8 | bigint",
                "bool | boolean",
                "timestamp without time zone | timestamp",
                "timestamp(3) with time zone | timestamptz(3)",
                "timestamp(6) without time zone | timestamp(6)",
                "time without time zone | time",
                "double precision | double precision",
            })
    void readsWhatPostgresWrites(String written, String sql) {
        assertThat(TargetType.parse(written)).map(TargetType::sql).contains(sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "inet",
                "integer[]",
                "varchar(0)",
                "varchar(10485761)",
                "varchar(99999999999)",
                "numeric(0,0)",
                "numeric(1001,2)",
                "numeric(2,3)",
                "timestamp(7)",
                "text(5)",
                "bigint(20)",
                "time with time zone",
                "date with time zone",
                "bit varying(3)",
                "int; drop table t",
                "enum",
                "enum mood; drop table t",
                "enum \"a\"b\"",
            })
    void refusesWhatCannotBeCarried(String written) {
        assertThat(TargetType.parse(written)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TargetType.Kind.class)
    void everyKindReadsBackAndHasAUsualEncodingThatFits(TargetType.Kind kind) {
        TargetType type = kind == TargetType.Kind.ENUM
                ? TargetType.enumeration("app.\"Order \"\"state\"\"\"")
                : TargetType.of(kind);
        assertThat(TargetType.parse(type.toString())).contains(type);
        assertThat(Encoding.usual(kind).fits(kind)).isTrue();
    }

    @Test
    void everyEncodingReadsBack() {
        for (Encoding e : Encoding.values()) {
            assertThat(Encoding.parse(e.yaml())).contains(e);
        }
        assertThat(Encoding.parse("PLAIN")).isEmpty();
    }

    @Test
    void namesAreShortenedWithoutEverMeeting() {
        TargetNames names = new TargetNames();
        String longName = "ü".repeat(40);

        assertThat(names.relation("orders")).isEqualTo("orders");
        assertThat(names.relation("orders")).isEqualTo("orders_2");
        assertThat(TargetNames.fits(names.relation(longName))).isTrue();
        assertThat(names.relation(longName + "x")).isNotEqualTo(names.relation(longName + "y"));
        assertThat(names.column("xmin")).isEqualTo("xmin_");
        assertThat(names.column("XMIN")).isEqualTo("XMIN");
    }
}
