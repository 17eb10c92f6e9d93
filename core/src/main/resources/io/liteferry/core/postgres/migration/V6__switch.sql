-- The generation that the last sink to start was given. Where generation is above it, a switch has raised it since, and that
-- sink goes on once the state is open again.
ALTER TABLE liteferry.applied ADD COLUMN claimed bigint NOT NULL DEFAULT 0;

-- SQL files of hooks.sql.after_load. One that has other contents than before is another file.
CREATE TABLE liteferry.after_load (
    source text        NOT NULL,
    sha256 bytea       NOT NULL,
    file   text        NOT NULL, -- without its folder
    run_at timestamptz,          -- null before it was run, or where it failed
    reason text,                 -- why it failed
    PRIMARY KEY (source, sha256)
);
