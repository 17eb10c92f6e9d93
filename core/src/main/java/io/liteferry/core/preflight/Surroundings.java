package io.liteferry.core.preflight;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a file is looked at from.
 *
 * @param user this process runs as
 * @param mounts table of the mounted file systems, in the form of {@code /proc/self/mounts}
 * @param processes folder of the processes, in the form of {@code /proc}
 */
record Surroundings(ProcessUser user, Path mounts, Path processes) {
    static Surroundings current() throws IOException {
        return new Surroundings(ProcessUser.current(), Path.of("/proc/self/mounts"), Path.of("/proc"));
    }
}
