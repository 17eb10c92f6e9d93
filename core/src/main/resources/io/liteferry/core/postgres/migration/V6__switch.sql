-- The generation that the last sink to start was given. Where generation is above it, a switch has raised it since, and that
-- sink goes on once the state is open again.
ALTER TABLE liteferry.applied ADD COLUMN claimed bigint NOT NULL DEFAULT 0;

-- SQL files of hooks.sql.after_load that were run. One that has other contents now is another file.
CREATE TABLE liteferry.after_load (
    source text        NOT NULL,
    sha256 bytea       NOT NULL,
    file   text        NOT NULL, -- as it was called
    run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, sha256)
);
