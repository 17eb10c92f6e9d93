package io.liteferry.capture.feedback;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on {@code <name>.signals} from its end as of the start, in a thread of its own. A signal that is lost is asked
 * for again by the one who wants it; one that cannot be understood is logged and passed over.
 */
public final class SignalListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignalListener.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final java.util.function.Consumer<Signal.Data> keysWanted;
    private final Thread thread;
    private volatile boolean closed;

    private SignalListener(KafkaClients clients, Plan plan, java.util.function.Consumer<Signal.Data> keysWanted) {
        this.keysWanted = keysWanted;
        this.partition = new TopicPartition(TopicNames.of(plan).signals(), plan.partition());
        this.consumer = clients.consumer("liteferry-capture-signals-" + plan.source());
        this.thread = new Thread(this::listen, "capture-signals");
        this.thread.setDaemon(true);
    }

    /** Begins at the topic's end: every signal sent after this returned is heard. */
    public static SignalListener start(
            KafkaClients clients, Plan plan, java.util.function.Consumer<Signal.Data> keysWanted) {
        SignalListener listener = new SignalListener(clients, plan, keysWanted);
        listener.consumer.assign(List.of(listener.partition));
        listener.consumer.seekToEnd(List.of(listener.partition));
        listener.consumer.position(listener.partition);
        listener.thread.start();
        return listener;
    }

    private void listen() {
        try (consumer) {
            while (!closed) {
                try {
                    consumer.poll(POLL).forEach(this::take);
                } catch (WakeupException closing) {
                    LOG.debug("Signal listener woken");
                } catch (KafkaException e) {
                    LOG.warn("Signals cannot be read now, trying again topic={}", partition.topic(), e);
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> r) {
        if (r.value() == null) {
            return;
        }
        try {
            Signal signal = Json.read(r.value(), Signal.class, partition + " offset " + r.offset());
            if (Signal.EMIT_KEYS.equals(signal.type()) && signal.data() != null) {
                LOG.info(
                        "Keys asked for id={} table={} keys={}",
                        signal.id(),
                        signal.data().table(),
                        signal.data().keys().size());
                keysWanted.accept(signal.data());
            } else {
                LOG.warn("Signal of an unknown type passed over id={} type={}", signal.id(), signal.type());
            }
        } catch (RuntimeException e) {
            LOG.warn("Signal passed over", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
