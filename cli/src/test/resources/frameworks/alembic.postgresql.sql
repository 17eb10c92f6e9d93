CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
CREATE TYPE account_status AS ENUM ('OPEN', 'CLOSED');
CREATE TABLE account (id SERIAL NOT NULL, name VARCHAR(80) NOT NULL, status account_status NOT NULL, opened TIMESTAMP WITHOUT TIME ZONE NOT NULL, balance NUMERIC(12, 2), active BOOLEAN NOT NULL, token UUID, data JSON, raw BYTEA, ratio FLOAT, CONSTRAINT pk_account PRIMARY KEY (id), CONSTRAINT uq_account_name UNIQUE (name));
CREATE INDEX ix_account_opened ON account (opened);
CREATE TABLE entry (account_id INTEGER NOT NULL, line INTEGER NOT NULL, booked DATE NOT NULL, at TIME WITHOUT TIME ZONE, amount NUMERIC(12, 2) NOT NULL, note TEXT, CONSTRAINT pk_entry PRIMARY KEY (account_id, line), CONSTRAINT fk_entry_account_id_account FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE);
CREATE INDEX ix_entry_booked_amount ON entry (booked, amount);
INSERT INTO alembic_version VALUES ('1a2b3c4d5e6f');
