package io.liteferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of {@code docs} that is generated from the code, or a part of one. A stale page fails its test;
 * {@code ./mvnw -pl core test -Dreference.write=true} writes all of them again.
 */
public final class ReferencePage {
    private ReferencePage() {}

    /** A whole page. */
    public static void holds(String page, String expected) {
        holds(Path.of("..", "docs", "reference", page), text -> expected);
    }

    /** A part of a page of {@code docs/understand}, between {@code <!-- generated: NAME -->} and {@code <!-- end -->}. */
    public static void holdsPart(String page, String name, String expected) {
        Pattern part = Pattern.compile("(?s)(<!-- generated: " + name + " -->\n).*?(<!-- end -->)");
        holds(Path.of("..", "docs", "understand", page), text -> {
            Matcher m = part.matcher(text);
            assertThat(m.find()).as("%s has a part %s", page, name).isTrue();
            return text.substring(0, m.end(1)) + "\n" + expected + "\n" + text.substring(m.start(2));
        });
    }

    private static void holds(Path file, UnaryOperator<String> expected) {
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            String wanted = expected.apply(text);
            if (Boolean.getBoolean("reference.write")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, wanted);
                return;
            }
            assertThat(text)
                    .as("%s is stale: ./mvnw -pl core test -Dreference.write=true", file)
                    .isEqualTo(wanted);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }
}
