#!/bin/sh
# Writes the password file from the environment, so that the password stands in one place, then becomes pgbouncer.
set -eu
umask 077
printf '"liteferry" "%s"\n' "$LITEFERRY_CONNECTION_PASSWORD" > /tmp/userlist.txt
exec pgbouncer "$@"
