-- Triggers of the application on target tables that are switched off while the sink writes, until the switch.
CREATE TABLE liteferry.put_aside_trigger (
    source       text        NOT NULL,
    table_name   text        NOT NULL, -- of the target, or of a partition of it; quoted, with its schema
    name         text        NOT NULL,
    enabled      "char"      NOT NULL, -- as pg_trigger.tgenabled had it
    put_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, table_name, name)
);

-- Rows and checksums of both sides stand in the journal too, for the report.
ALTER TABLE liteferry.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE liteferry.journal ADD CONSTRAINT journal_kind_check
    CHECK (kind IN ('backup', 'cutover', 'rollback', 'manifest', 'complete'));
