-- Roles with just the rights that each part needs, in one database. Plain SQL, and the same at each run: run it as an
-- administrator of the database before the first `liteferry apply`, and again after every apply, when there are new tables.
-- Then give those who log in a password: ALTER ROLE liteferry_sink PASSWORD …
--
--   liteferry_owner      owns schema liteferry and the gate of the target; `apply`, `uninstall` and the commands of the cutover run
--                        as it, no service does
--   liteferry_sink       owns the target tables and the stages, so that it can build and suspend constraints and follow changes of
--                        columns; writes the applied position, never a verdict
--   liteferry_validator  reads the target tables; writes the results of validation, nothing else
--   liteferry_reverse    carries what the application writes after the switch back to SQLite: the right of replication beside the
--                        sink's rights
--   liteferry_reader     for `status` and dashboards: reads schema liteferry, but no row of a quarantine and no target table
--
-- Target tables that the application's own migrations have made stay theirs: GRANT their owner TO liteferry_sink, liteferry_owner,
-- and SELECT on them TO liteferry_validator.
-- The sink goes past the gate by saying who it is, and so can whoever has the right to write to a target table: the gate is there
-- for mistakes, these rights are there for the rest. Give the application's role its own before the cutover.

-- The schema of the target tables; with several sources run the script once for each.
SET liteferry.target = 'public';

DO $$
DECLARE
  target text := current_setting('liteferry.target');
  role text;
  item record;
  shown text;
BEGIN
  FOREACH role IN ARRAY ARRAY['liteferry_owner', 'liteferry_sink', 'liteferry_validator', 'liteferry_reverse', 'liteferry_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', role);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
  END LOOP;
  -- To hand tables over to the sink, and to find them again at the next apply.
  GRANT liteferry_sink TO liteferry_owner;
  -- The cutover makes the publication and the slot, the reverse feed reads them. It has the sink's rights because only a table's
  -- owner may set the replica identity of a partition that is new.
  EXECUTE format('GRANT CREATE ON DATABASE %I TO liteferry_owner', current_database());
  GRANT liteferry_sink TO liteferry_reverse;
  BEGIN
    ALTER ROLE liteferry_owner REPLICATION;
    ALTER ROLE liteferry_reverse REPLICATION;
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'give liteferry_owner and liteferry_reverse the right of replication as your service has it: a rollback needs it';
  END;

  CREATE SCHEMA IF NOT EXISTS liteferry AUTHORIZATION liteferry_owner;
  EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', target);
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO liteferry_owner, liteferry_sink', target);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO liteferry_validator', target);
  GRANT USAGE, CREATE ON SCHEMA liteferry TO liteferry_sink;
  GRANT USAGE ON SCHEMA liteferry TO liteferry_validator, liteferry_reader;

  -- What apply has made: target tables and stages are the sink's.
  FOR item IN
    SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relowner = 'liteferry_owner'::regrole
      AND (n.nspname = target OR n.nspname = 'liteferry' AND c.relpersistence = 'u')
  LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO liteferry_sink', item.name);
  END LOOP;
  FOR item IN
    SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relowner = 'liteferry_sink'::regrole AND n.nspname = target
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO liteferry_validator', item.name);
  END LOOP;
  EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE liteferry_sink IN SCHEMA %I GRANT SELECT ON TABLES TO liteferry_validator', target);

  -- Our own tables; stages have no rights to give but their owner's.
  FOR item IN
    SELECT c.oid::regclass AS name, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'liteferry' AND c.relkind = 'r' AND c.relowner = 'liteferry_owner'::regrole
      AND c.relname <> 'schema_history'
  LOOP
    IF item.relname IN ('validation_pass', 'validation_table', 'validation_mismatch', 'verdict', 'verified') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO liteferry_validator', item.name);
      EXECUTE format('GRANT SELECT ON %s TO liteferry_sink, liteferry_reader', item.name);
    ELSIF item.relname = 'journal' THEN
      EXECUTE format('GRANT SELECT ON %s TO liteferry_sink, liteferry_validator, liteferry_reader', item.name);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO liteferry_sink', item.name);
      EXECUTE format('GRANT SELECT ON %s TO liteferry_validator', item.name);
      SELECT string_agg(quote_ident(attname), ', ') INTO shown FROM pg_attribute
        WHERE attrelid = item.name AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('record', 'key', 'key_text');
      EXECUTE format('GRANT SELECT (%s) ON %s TO liteferry_reader', shown, item.name);
    END IF;
  END LOOP;
END $$;
