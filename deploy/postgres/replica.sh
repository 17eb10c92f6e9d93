#!/bin/bash
# Starts the streaming replica; copies the primary first where there is no data yet. A copy that broke off is begun again.
set -euo pipefail

export PGPASSWORD=$REPLICATION_PASSWORD
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.copy"
  mkdir -p "$(dirname "$PGDATA")"
  pg_basebackup --pgdata="$PGDATA.copy" --host="$PRIMARY_HOST" --username=replicator --slot=replica \
    --wal-method=stream --checkpoint=fast --write-recovery-conf
  rm -rf "$PGDATA"
  mv "$PGDATA.copy" "$PGDATA"
fi
exec postgres -c hot_standby=on -c hot_standby_feedback=on
