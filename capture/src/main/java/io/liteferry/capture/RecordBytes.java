package io.liteferry.capture;

import io.liteferry.core.options.Options;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;

/** Writes the service's records as bytes: packed ones as they are, structs as JSON. In a Connect cluster converters do this. */
interface RecordBytes {
    ProducerRecord<byte[], byte[]> of(SourceRecord record);

    static RecordBytes of(Options options) {
        return options.string(Options.RECORD_FORMAT).equals(Options.RECORD_FORMAT_STRUCT)
                ? json(options.flag(Options.RECORD_SCHEMAS_ENABLE))
                : r -> new ProducerRecord<>(r.topic(), r.kafkaPartition(), (byte[]) r.key(), (byte[]) r.value());
    }

    private static RecordBytes json(boolean schemas) {
        JsonConverter keys = new JsonConverter();
        keys.configure(Map.of("schemas.enable", schemas), true);
        JsonConverter values = new JsonConverter();
        values.configure(Map.of("schemas.enable", schemas), false);
        return r -> new ProducerRecord<>(
                r.topic(),
                r.kafkaPartition(),
                keys.fromConnectData(r.topic(), r.keySchema(), r.key()),
                values.fromConnectData(r.topic(), r.valueSchema(), r.value()));
    }
}
