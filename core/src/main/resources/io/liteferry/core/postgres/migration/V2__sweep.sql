-- The last snapshot of a table, after its first, whose end has deleted what was gone from the source: named by the record
-- at which it began, see TableProgress. A snapshot that began no later needs no deleting any more.
CREATE TABLE liteferry.sweep (
    source     text   NOT NULL,
    table_name text   NOT NULL, -- source name
    epoch      bigint NOT NULL,
    batch      bigint NOT NULL,
    ordinal    bigint NOT NULL,
    PRIMARY KEY (source, table_name)
);
