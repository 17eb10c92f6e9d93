package io.liteferry.cli.pipeline;

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
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

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
        Request asked = Request.of(plan.options());
        Request request = new Request(
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                Duration.ofMinutes(1),
                true,
                Map.of("backup_verified", "a test"),
                asked.by());
        if (args[0].equals("cutover")) {
            new Cutover(plan, config, Clock.systemUTC(), listener).start(request);
        } else {
            new Rollback(plan, config, Clock.systemUTC(), listener).start(request);
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
