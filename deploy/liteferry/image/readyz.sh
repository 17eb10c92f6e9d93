#!/bin/bash
# Health check of a service's container: asks /readyz. The image has a Java runtime and bash, no curl.
# Arguments: host and port the service listens on.
exec 3<>"/dev/tcp/$1/$2" || exit 1
printf 'GET /readyz HTTP/1.0\r\nHost: %s\r\n\r\n' "$1" >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
