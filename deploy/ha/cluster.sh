# shellcheck shell=bash
# Sourced: the database of the high-availability example on one machine.  etcd, two PostgreSQL under Patroni, and haproxy,
# from Debian's packages, all on loopback and all in one folder:
#
#     DIR/ports                   the ports, chosen at the first start
#     DIR/passwords               of superuser, replicator, rewinder and weft
#     DIR/etcd/  DIR/pg1/  DIR/pg2/  DIR/haproxy/       each with its configuration, pid and log
#
# Functions work on the folder that use_cluster was called with.  Needs processes.sh.

# What `deploy/ha` runs on, beside what Weft is built from.
# shellcheck disable=SC2034
ha_packages=(etcd-server haproxy patroni postgresql curl)

ha=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cluster_user=postgres

# use_cluster DIR -- makes the folder at the first time, and reads what it holds.
use_cluster() {
	cluster=$1
	if [[ $(id -u) -eq 0 ]] && ! as_user "$cluster_user" test -x "$(dirname "$cluster")"; then
		echo "$cluster: the user $cluster_user, as whom PostgreSQL runs, cannot enter it" >&2
		return 1
	fi
	mkdir -p "$cluster"/{etcd,pg1,pg2,haproxy}
	chmod 700 "$cluster"/{etcd,pg1,pg2,haproxy}
	give_to "$cluster_user" "$cluster"/{etcd,pg1,pg2,haproxy}
	read -r etcd_port etcd_peer_port rest_port1 rest_port2 pg_port1 pg_port2 database_port weft_port \
		<<<"$(kept_ports "$cluster/ports" 8)"
	if [[ ! -s $cluster/passwords ]]; then
		(umask 077 && echo "$(new_password) $(new_password) $(new_password) $(new_password)" >"$cluster/passwords")
	fi
	read -r superuser_password replicator_password rewinder_password weft_password <"$cluster/passwords"
	find_postgres
}

# The newest PostgreSQL that is installed.
find_postgres() {
	postgres_programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
	if [[ -z $postgres_programs ]]; then
		echo "no PostgreSQL is installed (package postgresql)" >&2
		return 1
	fi
}

# has_cluster_programs -- everything that the example runs is there.
has_cluster_programs() {
	local program
	for program in etcd patroni haproxy psql curl; do
		if ! PATH=$PATH:/usr/sbin command -v "$program" >/dev/null; then
			echo "$program is not installed (packages: ${ha_packages[*]})" >&2
			return 1
		fi
	done
}

# start_member NAME COMMAND... -- a process of the cluster, in its folder, as the user whom PostgreSQL runs as.
start_member() {
	local folder=$cluster/$1
	shift
	start_process "$folder/pid" "$folder/log" env HOME="$folder" PATH="$PATH:/usr/sbin" \
		bash -c 'cd "$HOME" && exec "$@"' - "${as_cluster_user[@]}" "$@"
}

answers() {
	curl -sf -m 2 -o /dev/null "$1"
}

# use_etcd_command DATA CLIENTPORT PEERPORT -- sets etcd_command: one etcd alone, on loopback.
use_etcd_command() {
	local client=http://127.0.0.1:$2 peer=http://127.0.0.1:$3
	etcd_command=(
		etcd --name etcd1 --data-dir "$1" --logger zap --enable-v2
		--listen-client-urls "$client" --advertise-client-urls "$client"
		--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "etcd1=$peer"
	)
}

start_etcd() {
	use_etcd_command "$cluster/etcd/data" "$etcd_port" "$etcd_peer_port"
	start_member etcd "${etcd_command[@]}"
	wait_until 20 answers "http://127.0.0.1:$etcd_port/health" || failed_member etcd
}

# start_patroni 1|2 -- Patroni, which makes or starts its PostgreSQL; it does not wait.
start_patroni() {
	local name=pg$1 rest=rest_port$1 port=pg_port$1 folder=$cluster/pg$1
	if ! [[ -s $folder/patroni.yml ]]; then
		(umask 077 && fill_in "$ha/patroni.yml" NAME="$name" ADDRESS=127.0.0.1 NETWORK=127.0.0.1/32 \
			REST_PORT="${!rest}" PORT="${!port}" ETCD="127.0.0.1:$etcd_port" FOLDER="$folder" \
			TTL=5 LOOP_WAIT=1 RETRY_TIMEOUT=2 WATCHDOG=off SHARED_BUFFERS=64MB PROGRAMS="$postgres_programs" \
			SUPERUSER_PASSWORD="$superuser_password" REPLICATOR_PASSWORD="$replicator_password" \
			REWINDER_PASSWORD="$rewinder_password" >"$folder/patroni.yml")
		give_to "$cluster_user" "$folder/patroni.yml"
	fi
	start_member "$name" patroni "$folder/patroni.yml"
}

# haproxy takes every machine for good until it has looked at it; so wait until the one that is no primary has been found.
start_haproxy() {
	local folder=$cluster/haproxy
	fill_in "$ha/haproxy-database.cfg" ADDRESS=127.0.0.1 DATABASE_PORT="$database_port" \
		PG1="127.0.0.1:$pg_port1" PG1_REST_PORT="$rest_port1" \
		PG2="127.0.0.1:$pg_port2" PG2_REST_PORT="$rest_port2" >"$folder/haproxy.cfg"
	if ! is_member_running haproxy; then
		rm -f "$folder/log"
		start_member haproxy haproxy -db -f "$folder/haproxy.cfg"
	fi
	wait_until 30 grep -q 'is DOWN' "$folder/log" && wait_until 30 superuser -c 'SELECT 1' || failed_member haproxy
}

is_member_running() {
	local pid
	pid=$(pid_of "$cluster/$1/pid") && is_running "$pid"
}

failed_member() {
	tail -n 20 "$cluster/$1/log" >&2
	echo "$1 did not come up; its log is $cluster/$1/log" >&2
	return 1
}

# superuser ARGUMENT... -- psql on the primary.
superuser() {
	PGPASSWORD=$superuser_password PGCONNECT_TIMEOUT=2 psql -X -q -A -t -v ON_ERROR_STOP=1 \
		-h 127.0.0.1 -p "$database_port" -U postgres "$@"
}

# Weft's own role and database, made at the first time.
create_database() {
	if [[ $(superuser -c "SELECT 1 FROM pg_roles WHERE rolname = 'weft'") != 1 ]]; then
		superuser -c "CREATE ROLE weft LOGIN PASSWORD '$weft_password'"
	fi
	if [[ $(superuser -c "SELECT 1 FROM pg_database WHERE datname = 'weft'") != 1 ]]; then
		superuser -c "CREATE DATABASE weft OWNER weft"
	fi
}

# Patroni has written down that the other machine has everything: only then can it take over.
is_synchronous() {
	answers "http://127.0.0.1:$rest_port1/synchronous" || answers "http://127.0.0.1:$rest_port2/synchronous"
}

has_primary() {
	answers "http://127.0.0.1:$rest_port1/primary" || answers "http://127.0.0.1:$rest_port2/primary"
}

# start_cluster -- everything, until a commit is acknowledged by both machines.
start_cluster() {
	start_etcd || return
	start_patroni 1
	start_patroni 2
	wait_until 60 has_primary || failed_member pg1 || return
	start_haproxy || return
	create_database
	wait_until 60 is_synchronous || failed_member pg2
}

# How Weft finds it: a dead peer is noticed in seconds instead of the system's quarter of an hour.
cluster_url() {
	echo "postgresql://weft:$weft_password@127.0.0.1:$database_port/weft?connect_timeout=2&tcp_user_timeout=5000"
}

# Where PostgreSQL outlived its Patroni, it is ended too.
stop_postgres() {
	local pid file=$cluster/$1/data/postmaster.pid
	if pid=$(pid_of "$file") && is_running "$pid"; then
		kill -CONT "$pid"
		kill -INT "$pid"
		if ! wait_until_gone 15 "$pid"; then
			kill -QUIT "$pid"
			wait_until_gone 5 "$pid"
		fi
	fi
}

# The standby first: a primary that stops alone would be followed.
stop_cluster() {
	local name
	end_process "$cluster/haproxy/pid"
	for name in $(standby_first); do
		end_process "$cluster/$name/pid" 20
		stop_postgres "$name"
	done
	end_process "$cluster/etcd/pid"
}

standby_first() {
	if answers "http://127.0.0.1:$rest_port2/primary"; then
		echo pg1 pg2
	else
		echo pg2 pg1
	fi
}

if [[ $(id -u) -eq 0 ]]; then
	as_cluster_user=(setpriv --reuid="$cluster_user" --regid="$cluster_user" --init-groups)
else
	as_cluster_user=()
fi
