package io.liteferry.cli.local;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.EmbeddedKafka;
import io.liteferry.embedded.PostgresServer;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The broker and the PostgreSQL of a migration that names none: embedded ones, their data kept beside the migration
 * file. Where another process has started them already, they are used and not stopped.
 */
public final class LocalServers implements AutoCloseable {
    private final Plan plan;
    private final @Nullable EmbeddedKafka kafka;
    private final @Nullable PostgresServer postgres;

    private LocalServers(Plan plan, @Nullable EmbeddedKafka kafka, @Nullable PostgresServer postgres) {
        this.plan = plan;
        this.kafka = kafka;
        this.postgres = postgres;
    }

    /** Starts what the plan does not name and no other process has started, both at once, and says so. */
    public static LocalServers startMissing(Plan plan, StateFolder folder, PrintWriter err) {
        Plan found = withRunning(plan, folder);
        boolean wantsKafka = found.options().optional(Options.BOOTSTRAP_SERVERS).isEmpty();
        boolean wantsPostgres = found.options().optional(Options.CONNECTION_URL).isEmpty();
        if (!wantsKafka && !wantsPostgres) {
            return new LocalServers(found, null, null);
        }
        err.println("starting " + (wantsKafka ? "an embedded Kafka broker" : "")
                + (wantsKafka && wantsPostgres ? " and " : "")
                + (wantsPostgres ? "an embedded PostgreSQL" : "")
                + ", data in " + folder.folder());
        CompletableFuture<Optional<EmbeddedKafka>> kafka =
                starting(wantsKafka, () -> EmbeddedKafka.start(folder.kafka()));
        CompletableFuture<Optional<PostgresServer>> postgres =
                starting(wantsPostgres, () -> PostgresServer.start(folder.postgres()));
        try {
            EmbeddedKafka k = joined(kafka, ErrorCode.EMBEDDED_KAFKA_FAILED, "Kafka broker");
            PostgresServer p = joined(postgres, ErrorCode.EMBEDDED_POSTGRES_FAILED, "PostgreSQL");
            Options options = found.options();
            if (k != null) {
                options = options.with(Options.BOOTSTRAP_SERVERS, k.bootstrapServers());
            }
            if (p != null) {
                options = options.with(Options.CONNECTION_URL, p.jdbcUrl());
            }
            return new LocalServers(found.withOptions(options), k, p);
        } catch (RuntimeException e) {
            // Whichever of the two did start must not outlive this failure.
            closeStarted(kafka, e);
            closeStarted(postgres, e);
            throw e;
        }
    }

    /** The plan with the addresses of the embedded servers that run now, where it names none itself. */
    public static Plan withRunning(Plan plan, StateFolder folder) {
        Options options = plan.options();
        if (options.optional(Options.BOOTSTRAP_SERVERS).isEmpty()) {
            options = with(options, Options.BOOTSTRAP_SERVERS, EmbeddedKafka.findRunning(folder.kafka()));
        }
        if (options.optional(Options.CONNECTION_URL).isEmpty()) {
            options = with(options, Options.CONNECTION_URL, PostgresServer.findRunning(folder.postgres()));
        }
        return plan.withOptions(options);
    }

    private static Options with(Options options, String key, Optional<String> value) {
        return value.map(v -> options.with(key, v)).orElse(options);
    }

    /** The plan with every address set. */
    public Plan plan() {
        return plan;
    }

    @Override
    public void close() {
        try {
            if (kafka != null) {
                kafka.close();
            }
        } finally {
            if (postgres != null) {
                postgres.close();
            }
        }
    }

    private static <T> CompletableFuture<Optional<T>> starting(boolean wanted, Supplier<T> start) {
        return wanted
                ? CompletableFuture.supplyAsync(() -> Optional.of(start.get()))
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private static <T> @Nullable T joined(CompletableFuture<Optional<T>> starting, ErrorCode code, String what) {
        try {
            return starting.join().orElse(null);
        } catch (CompletionException e) {
            throw new LiteferryException(
                    code,
                    "Starting the embedded " + what + ": " + e.getCause()
                            + ". Look at its log above, or name a server of your own in the migration file.",
                    e.getCause());
        }
    }

    private static <T extends AutoCloseable> void closeStarted(
            CompletableFuture<Optional<T>> starting, RuntimeException failure) {
        starting.handle((started, ignored) -> {
                    if (started != null && started.isPresent()) {
                        try {
                            started.get().close();
                        } catch (Exception e) {
                            failure.addSuppressed(e);
                        }
                    }
                    return null;
                })
                .join();
    }
}
