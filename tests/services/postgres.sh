#!/usr/bin/env bash
# A PostgreSQL of its own for tests, from the packages of the system, on loopback.
#
#     tests/services/postgres.sh start DIR [NAME=VALUE]...    prints its URL; running already: prints it again
#     tests/services/postgres.sh stop DIR                     the data stays in DIR
#     tests/services/postgres.sh remove DIR                   stop, and the data is gone, too
#     tests/services/postgres.sh kill DIR                     kill -9, and wait until it is gone
#
# NAME=VALUE are settings of postgresql.conf for this start, such as fsync=off.  The port is chosen at the first start and
# kept.  The server does not run as root: as root, it runs as the user postgres.
set -euo pipefail
# shellcheck source=tests/services/service.sh
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

usage() {
	sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
}

[[ $# -ge 2 ]] || usage
command=$1
dir=$(realpath -m "$2")
settings=("${@:3}")
user=postgres
pid_file=$dir/data/postmaster.pid

# The newest that is installed.
find_programs() {
	local found
	found=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
	if [[ -z $found ]] && command -v initdb >/dev/null; then
		found=$(dirname "$(command -v initdb)")
	fi
	if [[ -z $found ]]; then
		echo "postgres.sh: no PostgreSQL is installed (package postgresql)" >&2
		exit 1
	fi
	programs=$found
}

url() {
	echo "postgresql://postgres:$(cat "$dir/password")@127.0.0.1:$(cat "$dir/port")/postgres"
}

create() {
	mkdir -p "$dir"
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$dir/password"
	free_port >"$dir/port"
	give_to "$user" "$dir" "$dir/password"
	if ! as_user "$user" "$programs/initdb" -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 -A scram-sha-256 \
		--pwfile="$dir/password" --no-sync >"$dir/initdb.log" 2>&1; then
		cat "$dir/initdb.log" >&2
		return 1
	fi
	# Room for several nodes, each with its readers.
	cat >>"$dir/data/postgresql.conf" <<-END
		listen_addresses = '127.0.0.1'
		unix_socket_directories = ''
		max_connections = 300
		shared_buffers = 64MB
		log_line_prefix = '%m [%p] %a '
	END
	echo 'host replication all 127.0.0.1/32 scram-sha-256' >>"$dir/data/pg_hba.conf"
}

# After kill -9 its number may still be that of a process that nobody has reaped, and PostgreSQL takes it for running.
forget_the_dead() {
	local pid
	if pid=$(pid_of "$pid_file") && ! is_running "$pid"; then
		rm -f "$pid_file"
	fi
}

start() {
	local pid options="-p " setting
	if [[ ! -f $dir/data/PG_VERSION ]]; then
		create
	fi
	if ! { pid=$(pid_of "$pid_file") && is_running "$pid"; }; then
		forget_the_dead
		options+=$(cat "$dir/port")
		for setting in ${settings[@]+"${settings[@]}"}; do
			options+=" -c $setting"
		done
		if ! as_user "$user" "$programs/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" \
			-o "$options" start >/dev/null; then
			tail -n 20 "$dir/data/server.log" >&2
			return 1
		fi
	fi
	url
}

stop() {
	local pid
	if pid=$(pid_of "$pid_file") && is_running "$pid"; then
		as_user "$user" "$programs/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
	fi
}

# The children see that their parent is gone; until then the memory that they share is in use.
kill_hard() {
	local pid child children
	pid=$(pid_of "$pid_file") || return 0
	children=$(pgrep -P "$pid" || true)
	kill -KILL "$pid" 2>/dev/null || true
	for child in $pid $children; do
		wait_until_gone 20 "$child"
	done
}

find_programs
case $command in
start) start ;;
stop) stop ;;
remove)
	stop
	rm -rf "$dir"
	;;
kill) kill_hard ;;
*) usage ;;
esac
