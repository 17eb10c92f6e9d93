-- What has happened to the columns of tables since the migration file was written, by source table name: see TableEvolution.
ALTER TABLE liteferry.applied ADD COLUMN evolution jsonb NOT NULL DEFAULT '{}';
