-- How far the target is: one row a source, written in the transaction of every batch.
CREATE TABLE liteferry.applied (
    source         text PRIMARY KEY,
    log_identity   text        NOT NULL,
    epoch          bigint      NOT NULL,
    batch          bigint      NOT NULL,
    seq            bigint      NOT NULL,
    fingerprint    bigint      NOT NULL,
    schema_version bigint      NOT NULL,
    consistent     boolean     NOT NULL,
    tables         jsonb       NOT NULL, -- progress by source table name, see TableProgress
    offsets        jsonb       NOT NULL, -- next offset to read, by topic
    generation     bigint      NOT NULL, -- raised by every sink that starts; an older one is fenced
    backend_pid    int         NOT NULL,
    state          text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    applied_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Constraints taken off so that the stream could go on; each is tried again in the background.
CREATE TABLE liteferry.suspended_constraint (
    source      text        NOT NULL,
    table_name  text        NOT NULL,
    name        text        NOT NULL,
    definition  text        NOT NULL,
    reason      text        NOT NULL,
    sqlstate    text        NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_tried  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, table_name, name)
);

-- Rows with a value that the target cannot hold. A newer good event of the key removes its entry.
CREATE TABLE liteferry.quarantine (
    source        text        NOT NULL,
    table_name    text        NOT NULL, -- source name
    key           bytea       NOT NULL, -- canonical packed key
    key_text      text        NOT NULL,
    column_name   text,                 -- source name of the first column that did not fit, where it is known
    record        bytea       NOT NULL, -- the whole record as it stood in Kafka
    topic         text        NOT NULL,
    kafka_offset  bigint      NOT NULL,
    sqlstate      text        NOT NULL,
    reason        text        NOT NULL,
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, table_name, key)
);

-- Every full pass over a table that has ended.
CREATE TABLE liteferry.validation_pass (
    source         text        NOT NULL,
    table_name     text        NOT NULL, -- source name
    pass           bigint      NOT NULL,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    equal          bigint      NOT NULL,
    in_flight      bigint      NOT NULL,
    row_diff       bigint      NOT NULL,
    missing_target bigint      NOT NULL,
    missing_source bigint      NOT NULL,
    quarantined    bigint      NOT NULL,
    unknown        bigint      NOT NULL,
    epoch          bigint      NOT NULL, -- position of the pass's last pair of snapshots
    seq            bigint      NOT NULL,
    PRIMARY KEY (source, table_name, pass)
);

-- Rows that differ, or did; verified_at says when they were seen equal again.
CREATE TABLE liteferry.validation_mismatch (
    source       text        NOT NULL,
    table_name   text        NOT NULL, -- source name
    key          bytea       NOT NULL, -- canonical packed key
    key_text     text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('row_diff', 'missing_target', 'missing_source', 'unknown')),
    columns      text[]      NOT NULL, -- source names of the columns that differ, where the row is on both sides
    found_at     timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    repair_at    timestamptz,          -- when capture was last asked to emit the key again
    verified_at  timestamptz,
    PRIMARY KEY (source, table_name, key, found_at)
);
CREATE INDEX validation_mismatch_open ON liteferry.validation_mismatch (source, table_name) WHERE verified_at IS NULL;

-- The latest verdict of the validator.
CREATE TABLE liteferry.verdict (
    source     text PRIMARY KEY,
    at         timestamptz NOT NULL,
    verdict    text        NOT NULL CHECK (verdict IN ('READY', 'NOT_READY')),
    document   jsonb       NOT NULL -- checks with value, limit and since; tables; lag
);
