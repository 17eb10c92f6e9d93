-- A key may be longer than an index entry can be: unique by its hash.
ALTER TABLE liteferry.quarantine DROP CONSTRAINT quarantine_pkey;
CREATE UNIQUE INDEX quarantine_key ON liteferry.quarantine (source, table_name, sha256(key));
ALTER TABLE liteferry.validation_mismatch DROP CONSTRAINT validation_mismatch_pkey;
CREATE UNIQUE INDEX validation_mismatch_key ON liteferry.validation_mismatch (source, table_name, sha256(key), found_at);

-- Set where somebody has decided to go on without the row; a newer event of the key removes the entry all the same.
ALTER TABLE liteferry.quarantine ADD COLUMN discarded_at timestamptz;

-- Every such decision, for ever.
CREATE TABLE liteferry.quarantine_discard (
    source        text        NOT NULL,
    table_name    text        NOT NULL, -- source name
    key           bytea       NOT NULL, -- canonical packed key
    key_text      text        NOT NULL,
    column_name   text,
    record        bytea       NOT NULL, -- the whole record as it stood in Kafka
    topic         text        NOT NULL,
    kafka_offset  bigint      NOT NULL,
    sqlstate      text        NOT NULL,
    reason        text        NOT NULL,
    since         timestamptz NOT NULL, -- when the row came into quarantine
    discarded_at  timestamptz NOT NULL,
    discarded_by  text        NOT NULL, -- role of PostgreSQL
    note          text        NOT NULL  -- why, in the words of who decided
);

ALTER TABLE liteferry.validation_pass ADD COLUMN detached bigint NOT NULL DEFAULT 0;
ALTER TABLE liteferry.validation_pass ADD COLUMN discarded bigint NOT NULL DEFAULT 0;

-- Partitions that a sink has made. One that is no longer attached was detached by somebody, and is not made again.
CREATE TABLE liteferry.partition (
    source     text        NOT NULL,
    table_name text        NOT NULL, -- source name
    parent     oid         NOT NULL, -- of a table that is there no more it says nothing
    relation   oid         NOT NULL,
    name       text        NOT NULL, -- as it was made, without the schema
    holds      text        NOT NULL, -- which values of the partition column, v, as an expression
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, table_name, relation)
);
