package io.liteferry.cutover.hook;

import io.liteferry.core.options.Options;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls {@code cutover.hook}, a command or a URL, until it says yes or has been called often enough. */
public final class Hook {
    private static final Logger LOG = LoggerFactory.getLogger(Hook.class);
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final String hook;
    private final Duration timeout;
    private final int retries;
    private final String secret;

    public Hook(Options options) {
        hook = options.string(Options.CUTOVER_HOOK).strip();
        timeout = Duration.ofMillis(options.number(Options.CUTOVER_HOOK_TIMEOUT_MS));
        retries = options.integer(Options.CUTOVER_HOOK_RETRIES);
        secret = options.string(Options.CONNECTION_PASSWORD);
    }

    /** Where the application is to go. */
    public enum Direction {
        /** To PostgreSQL. */
        CUTOVER,
        /** Back to SQLite. */
        ROLLBACK;

        /** As the hook is told it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a hook is told. */
    record Call(Direction direction, String source, String run) {}

    /** What one call has brought: an exit code or an HTTP status, and the end of what it has said. */
    record Reply(boolean ok, String code, String output) {}

    /** One way to call it. */
    @FunctionalInterface
    interface Way {
        Reply call(Call call, Duration timeout) throws IOException, InterruptedException;
    }

    /**
     * How it ended.
     *
     * @param text for people, in one line
     * @param detail for the journal and the report; empty where no hook is named
     */
    public record Answer(boolean ok, String text, Map<String, Object> detail) {}

    /** Calls it; an interrupt ends the calls with an answer that is not ok. */
    public Answer call(Direction direction, String source, String run) {
        if (hook.isEmpty()) {
            return new Answer(true, "no hook is named", Map.of());
        }
        boolean url = hook.matches("(?i)https?://.*");
        URI address = url ? URI.create(hook) : URI.create("");
        Way way = url ? new PostedCall(address) : new ShellCall(hook);
        // Not the path, nor the text of the command: tokens stand there.
        String what = url ? "POST to " + address.getHost() : "the command";
        Call call = new Call(direction, source, run);
        long began = System.nanoTime();
        Reply reply = new Reply(false, "not called", "");
        int calls = 0;
        boolean interrupted = false;
        while (!reply.ok && !interrupted && calls <= retries) {
            interrupted = calls > 0 && !pause(calls);
            if (!interrupted) {
                calls++;
                reply = reply(way, call);
                LOG.info("hook called direction={} call={} answer={}", direction.text(), calls, reply.code);
                interrupted = Thread.currentThread().isInterrupted();
            }
        }
        String output = secret.isEmpty() ? reply.output : reply.output.replace(secret, "***");
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("hook", what);
        detail.put("ok", reply.ok);
        detail.put("answer", reply.code);
        detail.put("calls", calls);
        detail.put("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        detail.put("output", output);
        String text = what + " was called " + calls + " times, at last: " + reply.code
                + (output.isEmpty() ? "" : ", " + output.replaceAll("\\s+", " ").strip());
        return new Answer(reply.ok, text, Map.copyOf(detail));
    }

    private Reply reply(Way way, Call call) {
        try {
            return way.call(call, timeout);
        } catch (IOException e) {
            return new Reply(false, "no answer: " + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply(false, "interrupted", "");
        }
    }

    private static boolean pause(int calls) {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(calls - 1, 10)));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
