package io.liteferry.validator;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.validator.compare.Pace;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of the validator: opens what it needs, takes steps until the validator stops, and opens anew after a failure
 * of either side. Such failures pass; the health check says them meanwhile.
 */
final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long RETRY_MILLIS = 1_000;

    private final String check;
    private final Supplier<? extends Work> open;
    private final Pace pace;
    private final ServiceHealth health;
    private String told = "";

    /** What a thread does, with what it holds open. */
    interface Work extends AutoCloseable {
        /** @return how long to pause before the next step, in milliseconds */
        long step();

        @Override
        void close();
    }

    /** @param check the name of the health check, and of the thread */
    Loop(String check, Supplier<? extends Work> open, Pace pace, ServiceHealth health) {
        this.check = check;
        this.open = open;
        this.pace = pace;
        this.health = health;
    }

    /** @param failed hears of a failure that does not pass */
    Thread start(Consumer<Throwable> failed) {
        Thread thread = new Thread(
                () -> {
                    try {
                        run();
                    } catch (RuntimeException | Error e) {
                        failed.accept(e);
                    }
                },
                "validator-" + check);
        thread.start();
        return thread;
    }

    private void run() {
        while (!pace.stopping()) {
            try (Work work = open.get()) {
                boolean stop = false;
                while (!stop && !pace.stopping()) {
                    long pause = work.step();
                    health.ok(check);
                    told = "";
                    stop = pace.pause(pause);
                }
            } catch (LiteferryException e) {
                tell(e);
                pace.pause(RETRY_MILLIS);
            }
        }
    }

    private void tell(LiteferryException e) {
        String why = String.valueOf(e.getMessage());
        health.failing(check, why);
        if (!why.equals(told) && !pace.stopping()) {
            LOG.atWarn()
                    .addKeyValue("check", check)
                    .addKeyValue("error", why)
                    .log("the validator cannot go on for now");
            told = why;
        }
    }
}
