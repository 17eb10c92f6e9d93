package io.liteferry.core.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${env:NAME}} and {@code ${file:/path}}: secrets stay out of the migration file. */
final class SecretReference {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

    private SecretReference() {}

    static String resolve(String option, String written) {
        Matcher m = REFERENCE.matcher(written);
        if (!m.matches()) {
            return written;
        }
        String name = m.group(2);
        if (m.group(1).equals("env")) {
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
}
