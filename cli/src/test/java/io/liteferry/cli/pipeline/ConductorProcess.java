package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.Rollback;
import io.liteferry.cutover.journal.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * A conductor as a process of its own, which stays where it is once it has entered a state: there it is killed. Arguments:
 * cutover or rollback, migration file, hook, state, a file that is made when the state is entered.
 */
final class ConductorProcess {
    private ConductorProcess() {}

    public static void main(String[] args) throws InterruptedException {
        Path config = Path.of(args[1]);
        Plan written = PlanFile.read(config);
        Plan plan = written.withOptions(written.options().with(Options.CUTOVER_HOOK, args[2]));
        Consumer<State> listener = state -> {
            if (state.label().equals(args[3])) {
                stay(Path.of(args[4]));
            }
        };
        Request request = request(plan.options(), args[3], Duration.ofSeconds(15));
        while (true) {
            try {
                if (args[0].equals("cutover")) {
                    new Cutover(plan, config, Clock.systemUTC(), listener).start(request);
                } else {
                    new Rollback(plan, config, Clock.systemUTC(), listener).start(request);
                }
                return;
            } catch (LiteferryException e) {
                // A gate may close between two looks.
                if (e.code() != ErrorCode.CUTOVER_REFUSED) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    /** What the tests ask for: to pass through a state, all that is not always passed through. */
    static Request request(Options options, String through, Duration timeout) {
        boolean waiting = through.equals("waiting");
        // Where something is killed before writers are held, it is not waited for in vain.
        boolean early = waiting || through.equals("preparing");
        return new Request(
                Duration.ofMillis(waiting ? 1 : 2_000),
                timeout,
                Duration.ofSeconds(early ? 4 : 20),
                true,
                Map.of("backup_verified", "a test"),
                Request.of(options).by());
    }

    /** Starts one, and kills it in a state. */
    static void killed(MovingShop shop, Path folder, String what, String state)
            throws IOException, InterruptedException {
        Path entered = folder.resolve("entered-" + UUID.randomUUID());
        Path log = Path.of(entered + ".log");
        Process conductor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx200m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConductorProcess.class.getName(),
                        what,
                        shop.config().toString(),
                        shop.load().hook(),
                        state,
                        entered.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        assertThat(conductor.isAlive() || Files.exists(entered))
                                .as(Files.readString(log))
                                .isTrue();
                        return Files.exists(entered);
                    });
        } finally {
            conductor.destroyForcibly().waitFor();
        }
    }

    private static void stay(Path entered) {
        try {
            Files.createFile(entered);
            new CountDownLatch(1).await();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("not staying", e);
        }
    }
}
