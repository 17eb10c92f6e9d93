-- What a validator that starts has to know of the passes before it: where a pass began, and all that it counted.
ALTER TABLE liteferry.validation_pass ADD COLUMN started_identity text; -- of the change log; NULL where nothing was applied
ALTER TABLE liteferry.validation_pass ADD COLUMN source_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE liteferry.validation_pass ADD COLUMN target_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE liteferry.validation_pass ADD COLUMN reason text; -- why the table, or a part of it, could not be compared
ALTER TABLE liteferry.validation_pass ADD COLUMN reason_kind text;

-- A small table is compared more than once in a pass that takes long.
ALTER TABLE liteferry.validation_pass DROP CONSTRAINT validation_pass_pkey;
ALTER TABLE liteferry.validation_pass ADD PRIMARY KEY (source, table_name, pass, started_at);

-- What the validator goes on from after a restart.
CREATE TABLE liteferry.validation_table (
    source     text NOT NULL,
    table_name text NOT NULL, -- source name
    era        text,          -- schema, plan and snapshot that the last pass was made in; NULL where they changed under it
    clean      int  NOT NULL DEFAULT 0, -- passes in a row with nothing different
    underway   jsonb,         -- the pass that runs, and where it is
    PRIMARY KEY (source, table_name)
);
