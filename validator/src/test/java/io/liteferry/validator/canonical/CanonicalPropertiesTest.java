package io.liteferry.validator.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.validator.canonical.Specimens.Family;
import io.liteferry.validator.canonical.Specimens.Specimen;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What means the same hashes the same, on both sides and in every spelling; what means something else does not. */
class CanonicalPropertiesTest {
    private static final int MEANINGS = 500;

    static List<Family> families() {
        return Specimens.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void meaningsAndHashesAreOneToOne(Family family) {
        long seed = new Random().nextLong();
        Random spelling = new Random(seed);
        Map<Object, Long> hashes = new HashMap<>();
        Map<Long, Object> meanings = new HashMap<>();
        meanings.put(source(family, SqliteValue.NULL).hash(), "NULL");
        meanings.put(misfit().hash(), "a misfit");
        for (int i = 0; i < MEANINGS; i++) {
            long drawn = spelling.nextLong();
            for (int spelled = 0; spelled < 4; spelled++) {
                Specimen s = family.draw().draw(new Random(drawn), spelling);
                CanonicalRow source = source(family, s.source());
                CanonicalRow target = target(family, s.target());
                String what = s.meaning() + " written " + s.source() + ", seed " + seed;
                assertThat(hex(source)).as(what).isEqualTo(hex(target));
                assertThat(hashes.computeIfAbsent(s.meaning(), m -> source.hash()))
                        .as(what)
                        .isEqualTo(source.hash());
                assertThat(meanings.computeIfAbsent(source.hash(), h -> s.meaning()))
                        .as(what)
                        .isEqualTo(s.meaning());
            }
        }
        assertThat(hashes).hasSizeGreaterThan(1);
    }

    private static CanonicalRow source(Family family, SqliteValue value) {
        CanonicalRow row = new CanonicalRow(1);
        byte[] packed = new PackedWriter().putValue(value).toBytes();
        new SourceForm(List.of(family.column()), Set.of(), "").write(new PackedReader().reset(packed), row);
        return row;
    }

    private static CanonicalRow target(Family family, byte[] value) {
        CanonicalRow row = new CanonicalRow(1);
        new TargetForm(List.of(family.column())).write(0, value, 0, value.length, row);
        return row;
    }

    private static CanonicalRow misfit() {
        CanonicalRow row = new CanonicalRow(1);
        row.putMisfit();
        return row;
    }

    private static String hex(CanonicalRow row) {
        return HexFormat.of().formatHex(row.toBytes());
    }
}
