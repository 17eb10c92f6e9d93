package io.liteferry.capture.feedback;

import io.liteferry.capture.read.ReadControl;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on {@code <name>.signals} in a thread of its own. At the start the topic is read through for what lasts: whether
 * capture or its snapshots are paused or throttled. What is asked for once counts only from then on; one who misses it asks again. A
 * signal that cannot be understood is logged and passed over.
 */
public final class SignalListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignalListener.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final ReadControl control;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    private SignalListener(KafkaClients clients, Plan plan, ReadControl control) {
        this.control = control;
        this.partition = new TopicPartition(TopicNames.of(plan).signals(), plan.partition());
        this.consumer = clients.consumer("liteferry-capture-signals-" + plan.source());
        this.thread = new Thread(this::listen, "capture-signals");
        this.thread.setDaemon(true);
    }

    /** Every signal sent after this returned is heard, and the state that earlier ones left is in force. */
    public static SignalListener start(KafkaClients clients, Plan plan, ReadControl control) {
        SignalListener listener = new SignalListener(clients, plan, control);
        try {
            listener.catchUp();
        } catch (RuntimeException e) {
            listener.consumer.close();
            throw e;
        }
        listener.thread.start();
        return listener;
    }

    private void catchUp() {
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
        consumer.seekToBeginning(one);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(POLL)) {
                take(r, r.offset() >= end);
            }
        }
        if (control.paused() || control.snapshotPaused()) {
            LOG.warn("Paused by an earlier signal capture={} snapshot={}", control.paused(), control.snapshotPaused());
        }
    }

    private void listen() {
        long pause = POLL.toMillis();
        try (consumer) {
            while (closed.getCount() > 0) {
                try {
                    consumer.poll(POLL).forEach(r -> take(r, true));
                    pause = POLL.toMillis();
                } catch (WakeupException closing) {
                    LOG.debug("Signal listener woken");
                } catch (KafkaException e) {
                    LOG.warn("Signals cannot be read now, trying again topic={}", partition.topic(), e);
                    closed.await(pause, TimeUnit.MILLISECONDS);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> r, boolean live) {
        if (r.value() == null) {
            return;
        }
        try {
            Signal signal = Json.read(r.value(), Signal.class, partition + " offset " + r.offset());
            if (!lasting(signal) && live) {
                once(signal);
            }
        } catch (LiteferryException e) {
            LOG.warn("Signal passed over", e);
        }
    }

    private boolean lasting(Signal signal) {
        switch (String.valueOf(signal.type())) {
            case Signal.PAUSE -> control.pause(true);
            case Signal.RESUME -> control.pause(false);
            case Signal.PAUSE_SNAPSHOT -> control.pauseSnapshot(true);
            case Signal.RESUME_SNAPSHOT -> control.pauseSnapshot(false);
            case Signal.THROTTLE -> throttle(signal);
            default -> {
                return false;
            }
        }
        LOG.info("Signal id={} type={}", signal.id(), signal.type());
        return true;
    }

    private void throttle(Signal signal) {
        Long rows = signal.data().rowsPerSecond();
        if (rows == null || rows < 0) {
            LOG.warn(
                    "{} Signal passed over: throttle needs data.rows-per-second, 0 for no limit id={}",
                    ErrorCode.RECORD_UNREADABLE,
                    signal.id());
        } else {
            control.throttle(rows);
        }
    }

    private void once(Signal signal) {
        Signal.Data data = signal.data();
        switch (String.valueOf(signal.type())) {
            case Signal.EMIT_KEYS -> {
                LOG.info(
                        "Keys asked for id={} table={} keys={}",
                        signal.id(),
                        data.table(),
                        data.keys().size());
                control.emit(data);
            }
            case Signal.EXECUTE_SNAPSHOT -> {
                LOG.info("Snapshot asked for id={} tables={}", signal.id(), data.collections());
                control.snapshot(data.collections());
            }
            case Signal.STOP_SNAPSHOT ->
                LOG.warn(
                        "{} Signal refused: a snapshot that is not carried to its end leaves a table of two times in the"
                                + " target; send pause-snapshot id={}",
                        ErrorCode.RECORD_UNREADABLE,
                        signal.id());
            default ->
                LOG.warn(
                        "{} Signal of an unknown type passed over id={} type={}",
                        ErrorCode.RECORD_UNREADABLE,
                        signal.id(),
                        signal.type());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
