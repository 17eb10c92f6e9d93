package io.liteferry.bench;

import io.liteferry.capture.CaptureService;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.service.Service;
import io.liteferry.sink.SinkService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The measured process: capture, and the sink unless it is told {@value #ALONE}, until standard input ends or one of them
 * does.
 */
final class PipelineProcess {
    static final String ALONE = "capture-alone";

    private PipelineProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Plan read = PlanFile.read(Path.of(arguments[0]));
        // A migration file holds no password; it comes the way it comes to the services in containers.
        Plan plan = read.withOptions(read.options().withEnvironment(System.getenv()));
        Clock clock = Clock.systemUTC();
        try (Service sink = new SinkService(plan, clock);
                Service capture = new CaptureService(plan, clock)) {
            if (arguments.length == 1) {
                sink.start();
            }
            capture.start();
            Child.say("started");
            CountDownLatch ended = Child.untilInputEnds();
            while (!ended.await(100, TimeUnit.MILLISECONDS)) {
                if (sink.failure() != null || capture.failure() != null) {
                    // The services have logged why.
                    System.exit(1);
                }
            }
        }
    }
}
