package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.SignalTopic;
import io.liteferry.core.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.Producer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells a running capture what to do, on the topic of signals. */
@Command(
        name = "signal",
        mixinStandardHelpOptions = true,
        description = "Tells capture to snapshot tables again, or to pause and resume.")
public final class SignalCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(index = "0", paramLabel = "SIGNAL", description = "${COMPLETION-CANDIDATES}: what capture is to do.")
    private Kind kind = Kind.pause;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TABLE",
            description = "With snapshot: tables, by their names in SQLite.")
    private List<String> tables = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** As they are typed. */
    enum Kind {
        snapshot(Signal.EXECUTE_SNAPSHOT, "capture snapshots again, while it streams:"),
        pause(Signal.PAUSE, "capture reads nothing from the source until resume; the lag grows."),
        resume(Signal.RESUME, "capture reads on from where it stopped."),
        pause_snapshot(Signal.PAUSE_SNAPSHOT, "capture reads no more rows of snapshots; changes go on."),
        resume_snapshot(Signal.RESUME_SNAPSHOT, "capture goes on with its snapshots.");

        private final String type;
        private final String effect;

        Kind(String type, String effect) {
            this.type = type;
            this.effect = effect;
        }

        @Override
        public String toString() {
            return name().replace('_', '-');
        }
    }

    @Override
    public Integer call() {
        if (tables.isEmpty() == (kind == Kind.snapshot)) {
            throw new ParameterException(
                    spec.commandLine(),
                    kind == Kind.snapshot ? "signal snapshot needs the names of tables" : kind + " takes no tables");
        }
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        for (String table : tables) {
            if (plan.table(table).isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "the plan has no table " + table + "; give the name that it has in SQLite");
            }
        }
        try (Producer<byte[], byte[]> producer = KafkaClients.of(plan.options()).producer(plan.source() + "-signal")) {
            SignalTopic.send(producer, plan, Signal.of(UUID.randomUUID().toString(), kind.type, tables));
        }
        String named = tables.isEmpty() ? "" : " " + String.join(", ", tables);
        spec.commandLine().getOut().println("Sent: " + kind.effect + named);
        spec.commandLine().getOut().println("next: liteferry status --config " + file.path());
        return 0;
    }
}
