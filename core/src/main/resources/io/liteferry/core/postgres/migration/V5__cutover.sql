-- Every step of every cutover and rollback, for ever: what finishes or undoes one that was interrupted, and what the report shows.
CREATE TABLE liteferry.journal (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text        NOT NULL,
    run    uuid        NOT NULL, -- of one backup, cutover, rollback or completion, from its start to its end
    kind   text        NOT NULL CHECK (kind IN ('backup', 'cutover', 'rollback', 'complete')),
    state  text        NOT NULL, -- see cutover.journal.State
    detail jsonb       NOT NULL, -- what was measured and found: positions, gates, overrides, times
    by     text        NOT NULL, -- who has started it
    at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX journal_run ON liteferry.journal (source, id);

CREATE FUNCTION liteferry.journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'liteferry.journal is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON liteferry.journal
    FOR EACH STATEMENT EXECUTE FUNCTION liteferry.journal_is_append_only();

-- open: the source is written, the sink applies. closed: PostgreSQL is written, and flows back. complete: it no longer does.
ALTER TABLE liteferry.applied DROP CONSTRAINT applied_state_check;
ALTER TABLE liteferry.applied ADD CONSTRAINT applied_state_check CHECK (state IN ('open', 'closed', 'complete'));
