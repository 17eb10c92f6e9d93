package io.liteferry.cutover.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.cutover.LiveSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** L6: a process that is frozen inside a write transaction keeps every writer out; one that is killed does not. */
class WatchdogTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMillis(1_500);

    @TempDir
    Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @SuppressWarnings("NullAway.Init")
    private LiveSource source;

    @BeforeEach
    void open() throws Exception {
        source = new LiveSource(folder.resolve("app.db"));
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        source.close();
    }

    @Test
    void aConductorThatIsFrozenIsEndedAndWaitingWritersGoOn() throws Exception {
        Process conductor = HoldingConductor.start(source.path(), told(), LIMIT, LONG);
        try {
            long watchdog = held(conductor);
            Future<?> writer = threads.submit(() -> {
                source.sql("INSERT INTO t VALUES (1, 'x')");
                return null;
            });
            await().atMost(LONG).during(Duration.ofMillis(200)).until(() -> !writer.isDone());
            assertThat(new ProcessBuilder("kill", "-STOP", String.valueOf(conductor.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            writer.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(conductor.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            // It tells what it has done after it has done it.
            await().atMost(LONG).until(() -> ProcessHandle.of(watchdog).isEmpty());
            assertThat(Files.readString(folder.resolve("conductor.log")))
                    .contains("process " + conductor.pid())
                    .contains("was ended");
        } finally {
            conductor.destroyForcibly();
        }
    }

    @Test
    void aConductorThatGetsOnIsLeftAlone() throws Exception {
        Process conductor = HoldingConductor.start(source.path(), told(), LIMIT, LIMIT.multipliedBy(2));
        try {
            long watchdog = held(conductor);
            assertThat(conductor.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(conductor.exitValue())
                    .as(Files.readString(folder.resolve("conductor.log")))
                    .isZero();
            assertThat(ProcessHandle.of(watchdog)).isEmpty();
            assertThatThrownBy(() -> source.sql("INSERT INTO t VALUES (1, 'x')"))
                    .hasMessageContaining("migration fence");
        } finally {
            conductor.destroyForcibly();
        }
    }

    @Test
    void itEndsWithAConductorThatIsKilled() throws Exception {
        Process conductor = HoldingConductor.start(source.path(), told(), LONG, LONG);
        long watchdog = held(conductor);
        assertThat(ProcessHandle.of(watchdog)).isPresent();
        conductor.destroyForcibly();
        await().atMost(LONG).until(() -> ProcessHandle.of(watchdog).isEmpty());
        source.sql("INSERT INTO t VALUES (1, 'x')");
    }

    @Test
    void itEndsWhereNobodyHasBeatenYet() {
        Watchdog.Handle watchdog = Watchdog.watch(LONG);
        assertThat(watchdog.watches()).isTrue();
        watchdog.close();
        assertThat(watchdog.watches()).isFalse();
    }

    @Test
    void whereItIsGoneTheNextBeatsSaySo() {
        try (Watchdog.Handle watchdog = Watchdog.watch(LONG)) {
            ProcessHandle.of(watchdog.pid()).orElseThrow().destroyForcibly();
            await().atMost(LONG).until(() -> !watchdog.watches());
            assertThatThrownBy(watchdog::beat)
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CUTOVER_UNDONE))
                    .hasMessageContaining("is gone");
        }
    }

    private Path told() {
        return folder.resolve("told");
    }

    /** Returns the pid of its watchdog. */
    private long held(Process conductor) throws Exception {
        await().atMost(LONG).until(() -> Files.exists(told()) || !conductor.isAlive());
        assertThat(told()).as(Files.readString(folder.resolve("conductor.log"))).exists();
        return Long.parseLong(Files.readString(told()));
    }
}
