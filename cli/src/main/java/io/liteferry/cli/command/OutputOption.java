package io.liteferry.cli.command;

import io.liteferry.cli.report.Output;
import picocli.CommandLine.Option;

/** {@code -o}: a table for people, JSON for programs. */
final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            description = "Form of the result.")
    private Output.Format format = Output.Format.TABLE;

    boolean isJson() {
        return format == Output.Format.JSON;
    }
}
