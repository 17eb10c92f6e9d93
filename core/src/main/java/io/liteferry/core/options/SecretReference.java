package io.liteferry.core.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${env:NAME}} and {@code ${file:/path}}, as a whole value or in it: secrets stay out of the migration file. */
final class SecretReference {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

    private SecretReference() {}

    static String resolve(String option, String written) {
        Matcher m = REFERENCE.matcher(written);
        return m.replaceAll(
                found -> Matcher.quoteReplacement(value(option, found.group(1).equals("env"), found.group(2))));
    }

    private static String value(String option, boolean environment, String name) {
        if (environment) {
            String value = System.getenv(name);
            if (value == null) {
                throw new IllegalArgumentException(option + " names the variable " + name + ", which is not set");
            }
            return value;
        }
        try {
            return Files.readString(Path.of(name)).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " names the file " + name + ", which cannot be read", e);
        }
    }

    /** What is written beside the references. */
    static String without(String written) {
        return REFERENCE.matcher(written).replaceAll("");
    }
}
