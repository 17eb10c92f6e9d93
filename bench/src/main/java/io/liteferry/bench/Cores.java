package io.liteferry.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Which cores the application has, which is this process, and which all that is started beside it. */
enum Cores {
    /** The scheduler decides: on a machine of few cores everything is in everything's way. */
    SHARED,
    /** The first is the application's, the others are everybody else's. */
    APART;

    /** Asked before this process is kept to one of them. */
    static final int ALL = Runtime.getRuntime().availableProcessors();

    /** What starts a process beside the application. */
    List<String> beside() {
        return this == SHARED ? List.of() : List.of("taskset", "-c", "1-" + (ALL - 1));
    }

    /** Keeps this process to its core; after the servers and before what is measured. */
    void keepTheApplication() throws IOException, InterruptedException {
        if (this == SHARED) {
            return;
        }
        Process p = new ProcessBuilder(
                        "taskset",
                        "-acp",
                        "0",
                        String.valueOf(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) {
            throw new IllegalStateException("taskset: " + said);
        }
    }
}
