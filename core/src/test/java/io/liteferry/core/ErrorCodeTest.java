package io.liteferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    @Test
    void numbersAreUniqueAndAscending() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number))
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void messagesBeginWithTheirCode() {
        assertThat(new LiteferryException(ErrorCode.PLAN_INVALID, "Reading x: y. Do z."))
                .hasMessage("LF-111 Reading x: y. Do z.");
    }

    @Test
    void theReferencePageIsUpToDate() {
        StringBuilder page = new StringBuilder("""
                # Errors

                Generated from `ErrorCode`. Every failure reads `LF-nnn what we tried, on which object: what we found. What to do next.`
                Numbers are never reused.

                | code | meaning | exit code |
                |---|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            page.append("| ").append(code).append(" | ").append(code.summary()).append(" | ");
            page.append(code.exitCode()).append(" |\n");
        }

        ReferencePage.holds("errors.md", page.toString());
    }
}
