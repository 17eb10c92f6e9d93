package io.liteferry.bench;

import io.liteferry.capture.CaptureService;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.service.Service;
import io.liteferry.cutover.reverse.ReverseService;
import io.liteferry.sink.SinkService;
import io.liteferry.validator.ValidatorService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The measured process: capture and sink, or one of them where it is told {@value #ALONE} or {@value #SINK}, and the
 * others too where it is told {@value #ALL}, until standard input ends or one of them does.
 */
final class PipelineProcess {
    static final String ALONE = "capture-alone";
    static final String ALL = "all";
    static final String SINK = "sink-alone";

    private PipelineProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Plan read = PlanFile.read(Path.of(arguments[0]));
        // A migration file holds no password; it comes the way it comes to the services in containers.
        Plan plan = read.withOptions(read.options().withEnvironment(System.getenv()));
        Clock clock = Clock.systemUTC();
        String what = arguments.length > 1 ? arguments[1] : "";
        List<Service> services = new ArrayList<>();
        if (!what.equals(ALONE)) {
            services.add(new SinkService(plan, clock));
        }
        if (!what.equals(SINK)) {
            services.add(new CaptureService(plan, clock));
        }
        if (what.equals(ALL)) {
            services.add(new ValidatorService(plan, clock));
            services.add(new ReverseService(plan, clock));
        }
        try {
            services.forEach(Service::start);
            Child.say("started");
            CountDownLatch ended = Child.untilInputEnds();
            while (!ended.await(100, TimeUnit.MILLISECONDS)) {
                if (services.stream().anyMatch(s -> s.failure() != null)) {
                    // The services have logged why.
                    System.exit(1);
                }
            }
        } finally {
            Collections.reverse(services);
            services.forEach(Service::close);
        }
    }
}
