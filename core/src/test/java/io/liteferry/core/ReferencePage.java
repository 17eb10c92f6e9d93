package io.liteferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of {@code docs/reference} that is generated from declarations. A stale page fails its test;
 * {@code ./mvnw -pl core test -Dreference.write=true} writes all of them again.
 */
public final class ReferencePage {
    private ReferencePage() {}

    public static void holds(String page, String expected) {
        Path file = Path.of("..", "docs", "reference", page);
        try {
            if (Boolean.getBoolean("reference.write")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, expected);
            }
            assertThat(Files.readString(file))
                    .as("docs/reference/%s is stale: ./mvnw -pl core test -Dreference.write=true", page)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new AssertionError("docs/reference/" + page + " cannot be read", e);
        }
    }
}
