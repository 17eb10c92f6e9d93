package io.liteferry.core.preflight;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * One thing a person should know before a migration.
 *
 * @param id stable, for instance {@code SRC-JOURNAL-MODE}
 * @param subject the file, table, column, role or setting it is about
 * @param found what was found; keys may stand in it, other row data never
 * @param remedy what to do
 */
public record Finding(
        @JsonProperty("id") String id,
        @JsonProperty("severity") Severity severity,
        @JsonProperty("subject") String subject,
        @JsonProperty("found") String found,
        @JsonProperty("remedy") String remedy) {

    /** How much a finding weighs, worst first. */
    public enum Severity {
        /** The migration, or this table of it, cannot go on. */
        BLOCKER,
        /** It can go on, but something is lost or will need a decision. */
        WARNING,
        INFO;

        @Override
        @JsonValue
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Finding blocker(String id, String subject, String found, String remedy) {
        return new Finding(id, Severity.BLOCKER, subject, found, remedy);
    }

    public static Finding warning(String id, String subject, String found, String remedy) {
        return new Finding(id, Severity.WARNING, subject, found, remedy);
    }

    public static Finding info(String id, String subject, String found, String remedy) {
        return new Finding(id, Severity.INFO, subject, found, remedy);
    }

    /** {@code SRC-JOURNAL-MODE (warning) app.db: found. Remedy.} */
    @Override
    public String toString() {
        return id + " (" + severity + ") " + subject + ": " + found + (found.endsWith(".") ? " " : ". ") + remedy + ".";
    }
}
