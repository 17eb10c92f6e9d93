PRAGMA journal_mode = WAL;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
CREATE TABLE account (id INTEGER NOT NULL, name VARCHAR(80) NOT NULL, status VARCHAR(6) NOT NULL, opened DATETIME NOT NULL, balance NUMERIC(12, 2), active BOOLEAN NOT NULL, token CHAR(32), data JSON, raw BLOB, ratio FLOAT, CONSTRAINT pk_account PRIMARY KEY (id), CONSTRAINT uq_account_name UNIQUE (name), CONSTRAINT ck_account_status CHECK (status IN ('OPEN', 'CLOSED')));
CREATE INDEX ix_account_opened ON account (opened);
CREATE TABLE entry (account_id INTEGER NOT NULL, line INTEGER NOT NULL, booked DATE NOT NULL, at TIME, amount NUMERIC(12, 2) NOT NULL, note TEXT, CONSTRAINT pk_entry PRIMARY KEY (account_id, line), CONSTRAINT fk_entry_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE);
CREATE INDEX ix_entry_booked_amount ON entry (booked, amount);
INSERT INTO alembic_version VALUES ('1a2b3c4d5e6f');
INSERT INTO account WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i, 'account ' || i, iif(i % 2, 'OPEN', 'CLOSED'), '2024-03-01 10:20:30.' || printf('%06d', i), i / 4.0, i % 2, iif(i % 3, printf('%032x', i * 104729), NULL), '{"b": [1, 2.50], "a": null}', iif(i % 5, NULL, x'0102'), i / 3.0 FROM n;
INSERT INTO entry WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) SELECT 1 + i % 200, i, '2024-03-' || printf('%02d', 1 + i % 31), iif(i % 2, '08:00:00.000000', NULL), -i / 2.0, 'entry ' || i FROM n;
