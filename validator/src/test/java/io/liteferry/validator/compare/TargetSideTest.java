package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.postgres.PgConnections;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetSideTest {
    private static final int ROWS = 20_000;

    @TempDir
    Path folder;

    @Test
    void aRangeThatIsLeftInTheMiddleHasNoAnswerForTheNextQuestion() throws Exception {
        TableLayout layout = new TableLayout("public", TwoSides.ITEMS, Optional.empty(), "");
        try (TwoSides sides = new TwoSides(folder, Map.of(), TwoSides.ITEMS);
                TargetSide target = new TargetSide(PgConnections.of(sides.plan.options()), null)) {
            sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
            sides.target("INSERT INTO items SELECT i, 'name ' || i FROM generate_series(1, " + ROWS + ") i");
            for (int last : new int[] {1, 7, ROWS / 2, ROWS}) {
                target.begin();
                assertThatThrownBy(() -> read(target, layout, last)).isInstanceOf(NotComparableException.class);

                target.begin();
                assertThat(read(target, layout, Integer.MAX_VALUE))
                        .as("after a range that was left at row " + last)
                        .isEqualTo(ROWS);
                target.end();
            }
        }
    }

    private static int read(TargetSide target, TableLayout layout, int last) throws NotComparableException {
        int[] rows = new int[1];
        target.range(layout, true, null, null, ROWS, row -> {
            rows[0]++;
            if (rows[0] == last) {
                throw new NotComparableException(NotComparableException.Kind.FOR_NOW, "a test leaves it");
            }
        });
        return rows[0];
    }
}
