#!/usr/bin/env bash
# Is the service ready? Bash asks by itself, because a Node every ten seconds costs more than the service does at rest; TLS needs one.
port=${ADMIN_PORT:-4445}
if [ -n "$ADMIN_TLS_CERT" ]; then
  exec node -e "require('https').get('https://127.0.0.1:$port/health/ready', { rejectUnauthorized: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"
fi
exec 3<> "/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
