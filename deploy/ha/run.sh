#!/usr/bin/env bash
# A mesh that survives the death of a machine, on this machine, to try it out.  `deploy/ha/run.sh --help` explains.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=deploy/packages.sh
source "$top/deploy/packages.sh"
# shellcheck source=deploy/processes.sh
source "$top/deploy/processes.sh"
# shellcheck source=deploy/ha/cluster.sh
source "$top/deploy/ha/cluster.sh"

dir=$PWD/ha-data
listen=127.0.0.1:8080
demo=yes
rest=10 # seconds until what died is started again, as a service manager would
members=(etcd pg1 pg2 haproxy weft1 weft2 door)

usage() {
	cat <<'END'
usage: deploy/ha/run.sh [--data DIR] [--listen ADDRESS:PORT] [--no-demo]

Brings up Weft so that any one process may die, on one Debian 12 machine, from nothing:

  1. installs the packages that it is built from and runs on (apt-get, as root or by sudo), and builds it
  2. starts etcd, and two PostgreSQL under Patroni in synchronous mode
  3. starts haproxy with a port that leads to whichever of them is the primary
  4. starts two nodes, `weft serve --store postgresql://...`, with one key for both
  5. starts haproxy with a port that leads to the nodes that are ready
  6. publishes the demo mesh, templates/library/bank
  7. says what to break, and watches: what dies is started again after ten seconds.  Ctrl-C stops everything

The second run finds everything as it was.

  --data DIR              everything that runs has its folder there, with its log (./ha-data)
  --listen ADDRESS:PORT   where clients come, on loopback only (127.0.0.1:8080); port 0 takes a free one
  --no-demo               an empty mesh

As root, etcd, PostgreSQL and haproxy run as the user postgres, who must be able to enter DIR.
README.md beside this file says how the same pieces go on real machines.
END
}

say() {
	printf '%s\n' "$*"
}

fail() {
	printf 'deploy/ha/run.sh: %s\n' "$*" >&2
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
			[[ $1 == --data ]] && dir=$(realpath -m -- "$2") || listen=$2
			shift
			;;
		*) fail "unknown option '$1'; see --help" ;;
		esac
		shift
	done
	[[ $listen =~ ^(127\.[0-9.]+|localhost):[0-9]+$ ]] || fail "--listen: expected 127.0.0.1:PORT, found '$listen'"
}

set_up() {
	cd "$top"
	mkdir -p build
	need_packages "$top/build/deploy-packages.log" "${build_packages[@]}" "${ha_packages[@]}" || exit 1
	[[ -x build/release/bin/weft ]] || say "building (a minute or two; log: build/deploy-build.log)"
	build_preset release build/deploy-build.log --target weft plugin_filesystem plugin_sqlite || exit 1
	PATH=$top/build/release/bin:$PATH
}

# One run at a time.  The lock, file 9, is not handed on to what is started: what a killed run left is taken over.
take_folder() {
	(umask 022 && mkdir -p -- "$dir") || exit 1
	exec 9>"$dir/lock"
	flock -n 9 || fail "$dir is in use by another deploy/ha/run.sh"
	use_cluster "$dir" || exit 1
	read -r node_port1 node_port2 <<<"$(kept_ports "$dir/node-ports" 2)"
	door_address=${listen%:*}
	door_port=${listen##*:}
	if [[ $door_port == 0 ]]; then
		door_port=$weft_port
	elif ! is_up door && accepts "$door_port"; then
		fail "port $door_port is taken; --listen ADDRESS:PORT chooses another"
	fi
}

is_up() {
	local pid
	pid=$(pid_of "$dir/$1/pid") && is_running "$pid"
}

make_folders() {
	(umask 077 && mkdir -p "$dir"/{weft1,weft2})
	mkdir -p "$dir/door"
	give_to "$cluster_user" "$dir/door"
}

# The first node begins the log and makes its key; the others sign with the same one, so that auditors know one.
share_key() {
	cp -p "$dir/weft1"/log.{key,verifier} "$dir/weft2/"
}

# start_node 1|2 -- the database's address goes by the environment, where `ps` does not show its password.
start_node() {
	local port=node_port$1 folder=$dir/weft$1
	start_process "$folder/pid" "$folder/log" env WEFT_STORE="$(cluster_url)" \
		weft serve --data "$folder" --listen "127.0.0.1:${!port}"
}

is_node_ready() {
	local port=node_port$1
	answers "http://127.0.0.1:${!port}/readyz"
}

start_ready_node() {
	start_node "$1"
	wait_until 60 is_node_ready "$1" || fail "weft$1 did not come up; its log is $dir/weft$1/log"
}

start_door() {
	fill_in "$ha/haproxy-weft.cfg" ADDRESS="$door_address" WEFT_PORT="$door_port" \
		WEFT1="127.0.0.1:$node_port1" WEFT2="127.0.0.1:$node_port2" >"$dir/door/haproxy.cfg"
	start_member door haproxy -db -f "$dir/door/haproxy.cfg"
}

start_everything() {
	say "starting etcd, two PostgreSQL under Patroni, and haproxy in front of them"
	start_cluster || fail "the database did not come up"
	say "starting two nodes of Weft, and haproxy in front of them"
	make_folders
	start_ready_node 1
	share_key
	start_ready_node 2
	start_door
	wait_until 20 answers "http://$door_address:$door_port/readyz" || fail "haproxy did not come up; its log is $dir/door/log"
	export WEFT_SERVER=http://$door_address:$door_port WEFT_TOKEN_FILE=$dir/weft1/admin.token
	say "weft is up at $WEFT_SERVER, its data in $dir"
}

# start_again NAME -- does not wait.
start_again() {
	case $1 in
	etcd) start_member etcd "${etcd_command[@]}" ;;
	pg[12]) start_patroni "${1#pg}" ;;
	haproxy) start_member haproxy haproxy -db -f "$dir/haproxy/haproxy.cfg" ;;
	weft[12]) start_node "${1#weft}" ;;
	door) start_door ;;
	esac
}

stop_everything() {
	trap '' INT TERM HUP
	trap - EXIT
	local name
	for name in door weft1 weft2; do
		end_process "$dir/$name/pid" 30
	done
	stop_cluster
	say ""
	say "stopped; the data stays in $dir"
	exit "$1"
}

publish_demo() {
	local bank=$top/templates/library/bank
	say "publishing the demo mesh, templates/library/bank"
	weft domain put "$bank"/domains/*.yaml >"$dir/demo.log" || fail "defining the demo's domains failed"
	weft publish "$bank"/products/*.yaml >>"$dir/demo.log" || fail "publishing the demo's products failed"
	weft list
}

primary() {
	if answers "http://127.0.0.1:$rest_port1/primary"; then
		echo pg1
	elif answers "http://127.0.0.1:$rest_port2/primary"; then
		echo pg2
	else
		echo nobody
	fi
}

# Each line that begins with four spaces is a command that works as it stands.
say_what_next() {
	local now
	now=$(primary)
	cat <<END

What to try next, in another terminal (the log of everything that runs is in its folder in $dir):

    cd $(printf %q "$dir")
    export PATH=$(printf %q "$top/build/release/bin"):\$PATH WEFT_SERVER=$WEFT_SERVER WEFT_TOKEN_FILE=\$PWD/weft1/admin.token

  Who is the primary?
    patronictl -c pg1/patroni.yml list

  Kill a node of Weft: nobody notices
    kill -9 \$(cat weft1/pid)
    weft list

  Kill the primary, with its Patroni: writes are back after about five seconds, and nothing is lost
    kill -9 \$(cat $now/pid) \$(head -n 1 $now/data/postmaster.pid)
    until weft publish $(printf %q "$top")/templates/library/bank/products/1-*.yaml; do sleep 0.5; done
    patronictl -c pg1/patroni.yml list

  Was anything altered or lost?
    weft audit verify

END
}

# What became of the ones that died, and who is the primary: until somebody presses Ctrl-C.
watch() {
	local name now before
	local -A died=()
	before=$(primary)
	while sleep 1; do
		for name in "${members[@]}"; do
			if is_up "$name"; then
				unset "died[$name]"
			elif [[ -z ${died[$name]-} ]]; then
				died[$name]=$SECONDS
				say "$(date +%T) $name died; starting it again in $rest s"
			elif ((SECONDS - died[$name] >= rest)); then
				say "$(date +%T) starting $name again"
				start_again "$name" 9>&-
			fi
		done
		now=$(primary)
		if [[ $now != "$before" ]]; then
			say "$(date +%T) the primary is $now (was $before)"
			before=$now
		fi
	done
}

read_options "$@"
set_up
take_folder
trap 'stop_everything 0' INT TERM HUP
trap 'stop_everything 1' EXIT
start_everything 9>&-
if [[ $demo == yes ]]; then
	publish_demo
	say_what_next
fi
say "Ctrl-C stops it."
watch
