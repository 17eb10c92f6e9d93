package io.liteferry.capture.record;

import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.SchemaChangeEvent;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;

/** Makes the records of one source, see {@link Options#RECORD_FORMAT}. */
public interface RecordFormat {
    Payload change(ChangeRecord change);

    Payload end(BatchEnd end);

    Payload schemaChange(SchemaChangeEvent event);

    /** Whether a delete is followed by a tombstone. It carries no tag and is not counted in the END. */
    boolean tombstones();

    /**
     * @param plan of one source
     * @param version of the connector, as the records say it
     */
    static RecordFormat of(Plan plan, String version) {
        return plan.options().string(Options.RECORD_FORMAT).equals(Options.RECORD_FORMAT_STRUCT)
                ? new StructRecords(plan, version)
                : new PackedRecords(plan.source());
    }
}
