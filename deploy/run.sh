#!/usr/bin/env bash
# Set up, build, start Weft with the demo mesh, and say what to try next.  `deploy/run.sh --help` explains.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/packages.sh
source "$top/deploy/packages.sh"

data=$PWD/data
listen=127.0.0.1:8080
demo=yes

usage() {
	cat <<'END'
usage: deploy/run.sh [--data DIR] [--listen ADDRESS:PORT] [--no-demo]

Brings up Weft for trying it out, on Debian 12, from nothing:

  1. installs the packages that it is built from and that are absent (apt-get, as root or by sudo)
  2. builds the preset `release` into build/release, when something changed
  3. starts `weft serve --dev`: whoever is on this machine is an administrator
  4. publishes the demo mesh, templates/library/bank; what is there already stays as it is
  5. says what to try next, and waits: Ctrl-C stops it

The second run starts at once and finds everything as it was.

  --data DIR              the catalog, its keys, and what plugins store (./data)
  --listen ADDRESS:PORT   on loopback only (127.0.0.1:8080); port 0 takes a free one
  --no-demo               an empty mesh

Logs: build/deploy-*.log for packages and build, DIR/weft.log for the server.
END
}

say() {
	printf '%s\n' "$*"
}

fail() {
	printf 'deploy/run.sh: %s\n' "$*" >&2
	exit 1
}

read_options() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		--help | -h)
			usage
			exit 0
			;;
		--no-demo) demo=no ;;
		--data=* | --listen=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			continue
			;;
		--data | --listen)
			[[ $# -ge 2 && -n $2 ]] || fail "$1 needs a value; see --help"
			[[ $1 == --data ]] && data=$(realpath -m -- "$2") || listen=$2
			shift
			;;
		*) fail "unknown option '$1'; see --help" ;;
		esac
		shift
	done
}

set_up() {
	cd "$top"
	mkdir -p build
	need_packages "$top/build/deploy-packages.log" "${build_packages[@]}" || exit 1
	[[ -x build/release/bin/weft ]] || say "building (a minute or two; log: build/deploy-build.log)"
	build_preset release build/deploy-build.log --target weft plugin_filesystem plugin_sqlite || exit 1
	PATH=$top/build/release/bin:$PATH
}

# The server runs as a coprocess: its standard output says when it is ready, and on which port.  In a session of its own it
# hears of Ctrl-C from this script alone: a second signal would end it at once.
start_server() {
	local line
	(umask 077 && mkdir -p -- "$data")
	log=$data/weft.log
	coproc SERVER { exec setsid weft serve --dev --listen "$listen" --data "$data" 2>>"$log"; }
	server=$SERVER_PID
	trap stop_server INT TERM HUP
	trap 'kill -TERM "$server" 2>/dev/null || true' EXIT
	if ! IFS= read -r line <&"${SERVER[0]}"; then
		wait "$server" || true
		tail -n 5 -- "$log" >&2
		fail "the server did not start; its log is $log"
	fi
	[[ $line =~ port\ ([0-9]+) ]] || fail "the server said '$line'"
	export WEFT_SERVER=http://${listen%:*}:${BASH_REMATCH[1]}
	say "weft is up at $WEFT_SERVER, its data in $data"
}

stop_server() {
	trap '' INT TERM HUP
	trap - EXIT
	kill -TERM "$server" 2>/dev/null || true
	local status=0
	wait "$server" || status=$?
	say ""
	if [[ $status -ne 0 ]]; then
		fail "the server ended with status $status; its log is $log"
	fi
	say "stopped; the data stays in $data"
	exit 0
}

publish_demo() {
	local bank=$top/templates/library/bank
	say "publishing the demo mesh, templates/library/bank"
	weft domain put "$bank"/domains/*.yaml >>"$log" || fail "defining the demo's domains failed"
	weft publish "$bank"/products/*.yaml >>"$log" || fail "publishing the demo's products failed"
	weft list
}

# Each line that begins with four spaces is a command that works as it stands.
say_what_next() {
	cat <<END

What to try next, in another terminal:

    cd $(printf %q "$top")
    export PATH="\$PWD/build/release/bin:\$PATH" WEFT_SERVER=$WEFT_SERVER

  Where does a figure of the risk department come from?
    weft lineage 'column:risk.exposure#expected_loss' --up --columns

  What is affected when the core banking system changes a table?
    weft lineage 'dataset:postgres://core-banking:5432|public.accounts' --down

  Find a product, and look at it
    weft search expected loss
    weft get risk.exposure

  The ledger must be kept for seven years: try six (it is refused, with the line)
    sed 's/^retention: 7 years/retention: 6 years/' templates/library/bank/products/7-*.yaml | weft publish -

  What was provisioned, and what do its quality checks say?
    weft resources retail.customer_accounts
    weft check risk.credit_scores

  What happened, and can it be proved?
    weft events --limit 5
    weft audit verify

  Everything else
    weft --help

END
}

read_options "$@"
set_up
start_server
if [[ $demo == yes ]]; then
	publish_demo
	say_what_next
fi
say "Ctrl-C stops it."
status=0
wait "$server" || status=$?
trap - EXIT
fail "the server ended by itself with status $status; its log is $log"
