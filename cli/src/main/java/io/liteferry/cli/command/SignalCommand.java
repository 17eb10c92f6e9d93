package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.SignalTopic;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
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
        description =
                "Tells capture to snapshot tables or send keys again, to pause, to resume, or to read more slowly.")
public final class SignalCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(index = "0", paramLabel = "SIGNAL", description = "${COMPLETION-CANDIDATES}: what capture is to do.")
    private Kind kind = Kind.pause;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "WHAT",
            description = {
                "With snapshot: tables, by their names in SQLite.",
                "With keys: a table, then keys. A key of several columns is written with commas between its values."
                        + " A value is read as its column is planned; 'text', x'0fa0', 12 and 1.5 are the forms for"
                        + " columns of any class.",
                "With throttle: rows of snapshots a second, 0 for no limit."
            })
    private List<String> what = new ArrayList<>();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** As they are typed. */
    enum Kind {
        snapshot(Signal.EXECUTE_SNAPSHOT, "capture snapshots again, while it streams:"),
        keys(Signal.EMIT_KEYS, "capture reads again and sends the keys of"),
        pause(Signal.PAUSE, "capture reads nothing from the source until resume; the lag grows."),
        resume(Signal.RESUME, "capture reads on from where it stopped."),
        pause_snapshot(Signal.PAUSE_SNAPSHOT, "capture reads no more rows of snapshots; changes go on."),
        resume_snapshot(Signal.RESUME_SNAPSHOT, "capture goes on with its snapshots."),
        throttle(Signal.THROTTLE, "capture's limit of snapshot rows a second (0: none) is");

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
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        Signal signal = signal(plan, UUID.randomUUID().toString());
        try (Producer<byte[], byte[]> producer = KafkaClients.of(plan.options()).producer(plan.source() + "-signal")) {
            SignalTopic.send(producer, plan, signal);
        }
        List<String> next = List.of("liteferry status --config " + file.path());
        if (output.isJson()) {
            Output.json(
                    spec.commandLine().getOut(),
                    new Reports.SignalReport(signal.id(), signal.type(), plan.source(), what, next));
            return 0;
        }
        String named = what.isEmpty() ? "" : " " + String.join(", ", what);
        spec.commandLine().getOut().println("Sent: " + kind.effect + named);
        Output.nextSteps(spec.commandLine().getOut(), next);
        return 0;
    }

    private Signal signal(Plan plan, String id) {
        switch (kind) {
            case snapshot -> {
                demand(!what.isEmpty(), "signal snapshot needs the names of tables");
                what.forEach(name -> table(plan, name));
                return Signal.of(id, kind.type, what);
            }
            case keys -> {
                demand(what.size() > 1, "signal keys needs a table and keys");
                TablePlan table = table(plan, what.get(0));
                return Signal.emitKeys(
                        id,
                        table.source(),
                        what.stream().skip(1).map(k -> key(table, k)).toList());
            }
            case throttle -> {
                demand(
                        what.size() == 1 && what.get(0).matches("[0-9]{1,18}"),
                        "signal throttle needs a number of rows a second, 0 for no limit");
                return Signal.throttle(id, Long.parseLong(what.get(0)));
            }
            default -> {
                demand(what.isEmpty(), kind + " takes nothing more");
                return Signal.of(id, kind.type, List.of());
            }
        }
    }

    private TablePlan table(Plan plan, String name) {
        return plan.table(name)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "the plan has no table " + name + "; give the name that it has in SQLite"));
    }

    private byte[] key(TablePlan table, String written) {
        try {
            return TypedKey.read(table, written).packed();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the key " + written + " of table " + table.source() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
