-- How far changed keys are verified: every key whose last log row stands above since and at or below seq was seen equal on
-- both sides after that row was applied. Rows not logged above since are proven by a clean pass that began at or after it.
CREATE TABLE liteferry.verified (
    source       text PRIMARY KEY,
    log_identity text        NOT NULL,
    epoch        bigint      NOT NULL,
    seq          bigint      NOT NULL,
    fingerprint  bigint      NOT NULL,
    since        bigint      NOT NULL,
    as_of        timestamptz NOT NULL, -- what was committed in the source before is verified
    waiting      text                  -- why it does not advance, where it does not
);

-- Where the log stood when the pass over the table's source began.
ALTER TABLE liteferry.validation_pass ADD COLUMN started_seq bigint NOT NULL DEFAULT 0;
