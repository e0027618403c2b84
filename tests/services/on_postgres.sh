#!/usr/bin/env bash
# on_postgres.sh DIR COMMAND... -- the command, with the PostgreSQL of DIR as WEFT_TEST_STORE; started when it is not running.
set -euo pipefail
WEFT_TEST_STORE=$("$(dirname "${BASH_SOURCE[0]}")/postgres.sh" start "$1" fsync=off)
export WEFT_TEST_STORE
exec "${@:2}"
