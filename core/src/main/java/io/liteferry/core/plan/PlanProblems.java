package io.liteferry.core.plan;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** Everything that is wrong with a migration file, with lines, so that a person corrects it once. */
final class PlanProblems {
    private record Problem(int line, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    void add(Node where, String text) {
        Mark mark = where.getStartMark();
        problems.add(new Problem(mark.getLine() + 1, text));
    }

    boolean none() {
        return problems.isEmpty();
    }

    void throwIfAny(String file) {
        if (!none()) {
            throw invalid(
                    file,
                    problems.stream()
                            .sorted((a, b) -> Integer.compare(a.line(), b.line()))
                            .map(p -> "\n  line " + p.line() + ": " + p.text())
                            .collect(Collectors.joining()));
        }
    }

    static LiteferryException invalid(String file, String problems) {
        return new LiteferryException(
                ErrorCode.PLAN_INVALID, "Reading " + file + ":" + problems + "\nCorrect the file and try again.");
    }

    static String didYouMean(String unknown, Collection<String> known) {
        return Spelling.nearest(unknown, known)
                .map(n -> " (did you mean " + n + "?)")
                .orElse("");
    }
}
