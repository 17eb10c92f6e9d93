package io.liteferry.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How to run a program that refuses to run as root, PostgreSQL, when we are root.
 *
 * <p>A user namespace of its own is the first choice: files stay with root, and the program sees itself as nobody. Containers often forbid that; there the
 * program runs as nobody with the one capability it needs to reach folders below root's, and its data belongs to nobody.
 *
 * @param prefix what stands before the program's own words
 * @param ownsData whether the data directory must be given to {@link #NOBODY}
 */
record UnprivilegedCommand(List<String> prefix, boolean ownsData) {
    static final int NOBODY = 65534;

    private static final UnprivilegedCommand DIRECT = new UnprivilegedCommand(List.of(), false);
    private static final UnprivilegedCommand NAMESPACE = new UnprivilegedCommand(List.of("unshare", "-U"), false);
    private static final UnprivilegedCommand OTHER_USER = new UnprivilegedCommand(
            List.of(
                    "setpriv",
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    "--inh-caps=-all,+dac_override",
                    "--ambient-caps=-all,+dac_override",
                    "--bounding-set=-all,+dac_override"),
            true);

    /** Finds a way that works on this machine. */
    static UnprivilegedCommand find() throws IOException {
        if (!isRoot()) {
            return DIRECT;
        }
        return Stream.of(NAMESPACE, OTHER_USER)
                .filter(UnprivilegedCommand::works)
                .findFirst()
                .orElseThrow(() -> new EmbeddedServerException(
                        "PostgreSQL does not run as root, and neither unshare -U nor setpriv works here. "
                                + "Run as an ordinary user, or set connection.url to a server of your own."));
    }

    List<String> command(List<String> program) {
        return Stream.concat(prefix.stream(), program.stream()).toList();
    }

    static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private boolean works() {
        try {
            Process process = new ProcessBuilder(command(List.of("sh", "-c", "test \"$(id -u)\" != 0")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // the program is not there
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
