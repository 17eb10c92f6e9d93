#!/bin/bash
# Runs once, when the primary's data directory is made: the application's database with its owner, and the replica's access.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=owner_password="$LITEFERRY_CONNECTION_PASSWORD" --set=replication_password="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE liteferry LOGIN REPLICATION PASSWORD :'owner_password';
CREATE DATABASE app OWNER liteferry ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' TEMPLATE template0;
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
SELECT pg_create_physical_replication_slot('replica');
SQL
echo 'host replication replicator samenet scram-sha-256' >> "$PGDATA/pg_hba.conf"
