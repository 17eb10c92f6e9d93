package io.liteferry.cutover.hold;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process of its own that ends a conductor which holds the source and no longer gets on: a frozen process keeps
 * SQLite's write lock, a process that was killed does not. It reads a byte for each beat and touches no file. Arguments: the
 * conductor's pid, the longest time between two beats in milliseconds. This class
 * itself, without its {@link Handle}, knows none but the JDK's, so that it starts quickly and with little on its class path.
 */
public final class Watchdog {
    /** What it says once it watches. */
    static final int WATCHING = 'w';

    private static final int ENDED = -1;

    private Watchdog() {}

    /**
     * Starts one for this process and waits until it watches.
     *
     * @param limit the longest time between two beats
     * @throws LiteferryException {@link ErrorCode#CUTOVER_REFUSED} where it does not start
     */
    public static Handle watch(Duration limit) {
        return Handle.start(limit);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        ProcessHandle conductor = ProcessHandle.of(Long.parseLong(args[0])).orElseThrow();
        long limitMillis = Long.parseLong(args[1]);
        BlockingQueue<Integer> beats = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(System.in, beats), "beats");
        reader.setDaemon(true);
        reader.start();
        say(FileDescriptor.out, new byte[] {WATCHING});
        Integer beat = beats.take();
        while (beat != null && beat != ENDED) {
            beat = beats.poll(limitMillis, TimeUnit.MILLISECONDS);
        }
        if (beat == null && conductor.destroyForcibly()) {
            say(
                    FileDescriptor.err,
                    ("The conductor (process " + conductor.pid() + ") was not heard of for " + limitMillis
                                    + " ms while it held the source, and was ended. Writers go on. See liteferry cutover status.\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Its end is told as well: the conductor has closed it, or is gone. */
    private static void read(InputStream in, BlockingQueue<Integer> beats) {
        int beat = ENDED;
        do {
            try {
                beat = in.read();
            } catch (IOException e) {
                beat = ENDED;
            }
            beats.add(beat);
        } while (beat != ENDED);
    }

    private static void say(FileDescriptor to, byte[] what) throws IOException {
        try (FileOutputStream out = new FileOutputStream(to)) {
            out.write(what);
        }
    }

    /**
     * The conductor's end of a watchdog. From the first {@link #beat()} on, this process is ended when the limit passes
     * without another, until {@link #close()}. The thread that holds the source beats, so that a beat says that it gets on.
     */
    public static final class Handle implements AutoCloseable {
        private static final Logger LOG = LoggerFactory.getLogger(Handle.class);
        private static final int BEAT = 'b';
        private static final long END_SECONDS = 5;

        private final Process process;
        private final OutputStream beats;

        private Handle(Process process) {
            this.process = process;
            this.beats = process.getOutputStream();
        }

        static Handle start(Duration limit) {
            try {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx16m",
                                "-Xshare:auto",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                ownClassPath(),
                                Watchdog.class.getName(),
                                String.valueOf(ProcessHandle.current().pid()),
                                String.valueOf(limit.toMillis()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                // Its end, if it cannot start, is an answer too.
                if (process.getInputStream().read() != WATCHING) {
                    process.destroyForcibly();
                    throw refused("it ended before it watched", null);
                }
                LOG.info("The watchdog watches pid={} limit_ms={}", process.pid(), limit.toMillis());
                return new Handle(process);
            } catch (IOException e) {
                throw refused(e.toString(), e);
            }
        }

        /** Where this class was loaded from: a jar or a folder of classes. */
        private static String ownClassPath() {
            try {
                return new File(Watchdog.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .getPath();
            } catch (URISyntaxException e) {
                throw refused(e.toString(), e);
            }
        }

        private static LiteferryException refused(String found, @Nullable Throwable cause) {
            return new LiteferryException(
                    ErrorCode.CUTOVER_REFUSED,
                    "Starting the watchdog, without which the source is not held: " + found
                            + ". Check that another process with 16 MB of heap can be started here, then try again.",
                    cause);
        }

        /** Its process, for those who watch it. */
        long pid() {
            return process.pid();
        }

        boolean watches() {
            return process.isAlive();
        }

        /**
         * This process gets on. The first beat begins the watch.
         *
         * @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE} where the watchdog is gone: the source must be let go
         */
        public void beat() {
            try {
                beats.write(BEAT);
                beats.flush();
            } catch (IOException e) {
                throw new LiteferryException(
                        ErrorCode.CUTOVER_UNDONE,
                        "Telling the watchdog (process " + process.pid()
                                + ") that the source is still held: it is gone, " + e
                                + ". Nobody would end a hold that freezes, so it is given up. See who ended that process, then try again.",
                        e);
            }
        }

        /** Ends the watch: no beat is needed any more. */
        @Override
        public void close() {
            try {
                beats.close();
            } catch (IOException e) {
                LOG.debug("The watchdog had ended before", e);
            }
            try {
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
