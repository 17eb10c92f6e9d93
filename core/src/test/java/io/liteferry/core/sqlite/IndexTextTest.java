package io.liteferry.core.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IndexTextTest {
    @Test
    void takesTermsAndPredicateAsWritten() {
        assertThat(IndexText.parse("CREATE INDEX i ON t(a, lower(b) DESC, c COLLATE NOCASE ASC)"))
                .isEqualTo(new IndexText(List.of("a", "lower(b)", "c"), Optional.empty()));
        assertThat(IndexText.parse("CREATE UNIQUE INDEX i ON t(a) WHERE b IS NOT NULL AND c = ') WHERE'"))
                .isEqualTo(new IndexText(List.of("a"), Optional.of("b IS NOT NULL AND c = ') WHERE'")));
    }

    @Test
    void isNotMisledByQuotesCommentsAndBrackets() {
        assertThat(IndexText.parse(
                        "CREATE INDEX \"we (ird\" ON \"t,(\"(\"a,)\", [b)c], `d(`, substr(e, 1, 2)) where x"))
                .isEqualTo(new IndexText(List.of("\"a,)\"", "[b)c]", "`d(`", "substr(e, 1, 2)"), Optional.of("x")));
        assertThat(IndexText.parse("CREATE INDEX i ON t(a -- , b)\n, /* ( */ coalesce(c, 'it''s)')) ;\n")
                        .terms())
                .containsExactly("a", "coalesce(c, 'it''s)')");
        assertThat(IndexText.parse("CREATE INDEX i ON t(\"a\"\"b\" COLLATE \"my coll\" DESC)\n  WHERE\n a>0")
                        .where())
                .contains("a>0");
        assertThat(IndexText.parse("CREATE INDEX i ON t(\"a\"\"b\" COLLATE \"my coll\" DESC)")
                        .terms())
                .containsExactly("\"a\"\"b\"");
    }
}
