package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** {@code 90s}, {@code 10m}, {@code 1h} on the command line, as in the migration file. */
final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String written) {
        return Options.duration(written);
    }
}
