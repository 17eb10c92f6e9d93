package io.liteferry.cutover.reverse;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.liteferry.capture.EngineStop;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the replication slot of one source with Debezium's PostgreSQL connector and sends what it reads to
 * {@code <name>.reverse}. Offsets are kept nowhere: it begins where the slot stands, and the slot is moved only after Kafka
 * has acknowledged, so that nothing is missed and the last transactions may stand twice.
 */
final class ReverseCapture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReverseCapture.class);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final long QUEUE_BYTES = 32L << 20;
    private static final String HEARTBEAT_MILLIS = "2000";

    private final Plan plan;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Producer<byte[], byte[]> producer;
    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final Thread thread;
    private volatile boolean closing;

    private ReverseCapture(Plan plan, RecordMaker maker, String slot, Consumer<ReverseRecord> sent) {
        this.plan = plan;
        producer = KafkaClients.of(plan.options()).producer("liteferry-reverse-" + plan.source());
        engine = DebeziumEngine.create(Connect.class)
                .using(settings(slot))
                .using((success, message, error) -> ended(success, message, error))
                .notifying(new ReverseSender(plan, producer, maker, sent))
                .build();
        thread = new Thread(engine, "reverse-engine");
    }

    /**
     * Begins where the slot stands.
     *
     * @param applied up to where SQLite has everything
     * @param sent told each record that Kafka has
     * @throws LiteferryException {@link ErrorCode#SLOT_UNFIT} where the slot is gone, has lost its log, or stands further
     *     than the topic
     */
    static ReverseCapture start(Plan plan, long applied, Consumer<ReverseRecord> sent) {
        ReplicationSlot slot = new ReplicationSlot(plan);
        Map<String, List<String>> left;
        try (Connection connection = PgConnections.of(plan.options()).open("liteferry-reverse")) {
            demandDirect(plan, connection);
            demandNoGap(plan, slot.demand(connection), applied);
            left = slot.columnsLeft(connection);
        } catch (SQLException e) {
            throw PgConnections.failure("Starting the reverse feed of " + plan.source(), e);
        }
        ReverseCapture capture = new ReverseCapture(plan, new RecordMaker(plan, left), slot.name(), sent);
        capture.thread.start();
        LOG.info("Reverse capture runs source={} slot={}", plan.source(), slot.name());
        return capture;
    }

    private static void demandDirect(Plan plan, Connection connection) throws SQLException {
        if (PgConnections.isPooled(connection)) {
            throw new LiteferryException(
                    ErrorCode.TARGET_POOLED,
                    "Starting the reverse feed of " + plan.source() + ": connection.url leads through a pooler, and a"
                            + " replication slot is read on a connection of its own. Give the server's own address:"
                            + " LITEFERRY_CONNECTION_URL for this service.");
        }
    }

    /** The slot is moved only by what stands in the topic: one that stands further was dropped and made again. */
    private static void demandNoGap(Plan plan, ReplicationSlot.Health slot, long applied) {
        long reached = Math.max(applied, ReverseTopic.reached(plan));
        if (reached > 0 && slot.confirmed() > reached) {
            throw new LiteferryException(
                    ErrorCode.SLOT_UNFIT,
                    "Starting the reverse feed of " + plan.source() + ": its replication slot stands at "
                            + slot.confirmed() + ", the topic ends at " + reached
                            + ". Somebody has moved the slot or made"
                            + " it again, and what was written between cannot be carried back: a rollback is not possible."
                            + " Give it up with liteferry complete.");
        }
    }

    private Properties settings(String slot) {
        Properties p = new Properties();
        p.setProperty("name", slot);
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        // The slot follows each list that Kafka has acknowledged.
        p.setProperty("offset.flush.interval.ms", "0");
        p.setProperty("record.processing.threads", "1");
        p.setProperty("errors.max.retries", "0");
        p.setProperty("slot.max.retries", "0");
        p.setProperty("topic.prefix", slot);
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", slot);
        p.setProperty("publication.name", slot);
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("schema.include.list", literally(plan.options().string(Options.TARGET_SCHEMA)));
        p.setProperty("snapshot.mode", "no_data");
        p.setProperty("provide.transaction.metadata", "true");
        p.setProperty("skipped.operations", "none");
        p.setProperty("tombstones.on.delete", "false");
        p.setProperty("include.unknown.datatypes", "true");
        p.setProperty("decimal.handling.mode", "string");
        p.setProperty("converters", "text");
        p.setProperty("text.type", TextConverter.class.getName());
        p.setProperty("message.prefix.include.list", ReverseRecord.MARK_PREFIX);
        p.setProperty("heartbeat.interval.ms", HEARTBEAT_MILLIS);
        // Moves the slot where others write and the application does not. No mark: its prefix is another.
        p.setProperty("heartbeat.action.query", "SELECT pg_logical_emit_message(false, 'liteferry-heartbeat', '')");
        p.setProperty("poll.interval.ms", "5");
        // Whichever is reached first: what waits for Kafka stays in memory.
        p.setProperty("max.queue.size.in.bytes", String.valueOf(QUEUE_BYTES));
        p.setProperty("lsn.flush.mode", "connector");
        connection(p);
        return p;
    }

    /** Debezium takes an address in parts, and passes the driver what begins with {@code driver.}. */
    private void connection(Properties p) {
        PgConnections target = PgConnections.of(plan.options());
        Properties url = org.postgresql.Driver.parseURL(target.url(), new Properties());
        if (url == null) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Reading connection.url of " + plan.name() + ": it is not an address of PostgreSQL. Write"
                            + " jdbc:postgresql://host:port/database.");
        }
        p.setProperty("database.hostname", url.getProperty("PGHOST", "localhost"));
        p.setProperty("database.port", url.getProperty("PGPORT", "5432"));
        p.setProperty("database.dbname", url.getProperty("PGDBNAME", ""));
        p.setProperty("database.user", target.username().isEmpty() ? url.getProperty("user", "") : target.username());
        p.setProperty(
                "database.password", target.password().isEmpty() ? url.getProperty("password", "") : target.password());
        for (String name : url.stringPropertyNames()) {
            if (!name.startsWith("PG") && !name.equals("user") && !name.equals("password")) {
                p.setProperty((name.startsWith("ssl") ? "database." : "driver.") + name, url.getProperty(name));
            }
        }
    }

    /** Debezium reads lists of patterns, separated by commas. */
    private static String literally(String name) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            pattern.append(
                    Character.isLetterOrDigit(c) || c == '_'
                            ? String.valueOf(c)
                            : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return pattern.toString();
    }

    private void ended(boolean success, @Nullable String message, @Nullable Throwable error) {
        if (!closing) {
            Throwable why = error != null ? error : new IllegalStateException("the engine ended: " + message);
            for (Throwable t = error; t != null; t = t.getCause()) {
                why = t instanceof LiteferryException ? t : why;
            }
            failure.compareAndSet(null, why);
        }
        LOG.info("Reverse capture ended source={} success={}", plan.source(), success);
        ended.countDown();
    }

    /** Why it has ended by itself, or null. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }

    boolean runs() {
        return ended.getCount() > 0;
    }

    @Override
    public void close() {
        closing = true;
        try {
            EngineStop.stop(engine, thread, STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(2));
    }
}
