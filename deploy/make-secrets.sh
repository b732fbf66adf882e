#!/bin/sh
# Makes the secrets of compose.yaml, or of kubernetes/ when that is its argument, in a folder `secrets` that only you may enter. It
# leaves those that exist as they are. Containers run as another user than you, so the files themselves are readable.
set -eu
cd "$(dirname "$0")/${1:-.}"
mkdir -p -m 700 secrets
cd secrets
make() { [ -e "$1" ] || printf %s "$2" > "$1"; }
for name in admin-api-key audit-key secrets-key database-password grafana-password; do
  make "$name" "$(openssl rand -hex 32)"
done
make database-url "postgres://registry:$(cat database-password)@postgres:5432/clients"
chmod 644 -- *
