# shellcheck shell=bash
# Sourced by scripts that start servers: processes that are started by hand, watched by their number, and ended by it.

# is_running PID -- a process that has ended, but that nobody has reaped yet, is not running.
is_running() {
	grep -qsE '^State:[[:space:]]+[^ZX[:space:]]' "/proc/$1/status"
}

# pid_of FILE -- the number in the first line of a pid file; fails when there is none.
pid_of() {
	local pid=
	[[ -s $1 ]] && read -r pid <"$1"
	[[ $pid =~ ^[0-9]+$ ]] && echo "$pid"
}

# wait_until SECONDS COMMAND... -- until the command succeeds; fails when it never does.
wait_until() {
	local turns=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		((turns-- > 0)) || return 1
		sleep 0.05
	done
}

# wait_until_gone SECONDS PID
wait_until_gone() {
	local turns=$(($1 * 20))
	while is_running "$2"; do
		((turns-- > 0)) || return 1
		sleep 0.05
	done
}

# start_process PIDFILE LOG COMMAND... -- in the background and in a session of its own, so that a terminal's Ctrl-C
# reaches only who ends it in order.  Nothing happens when it runs already.
start_process() {
	local file=$1 log=$2 pid
	shift 2
	if pid=$(pid_of "$file") && is_running "$pid"; then
		return 0
	fi
	setsid "$@" >>"$log" 2>&1 </dev/null &
	echo $! >"$file"
}

# end_process PIDFILE [SECONDS] -- TERM, and KILL when that does not help in time.
end_process() {
	local pid
	if pid=$(pid_of "$1") && is_running "$pid"; then
		kill -TERM "$pid" 2>/dev/null || true
		if ! wait_until_gone "${2:-10}" "$pid"; then
			kill -KILL "$pid" 2>/dev/null || true
			wait_until_gone 5 "$pid" || true
		fi
	fi
	rm -f "$1"
}

# accepts PORT -- somebody listens there on loopback.
accepts() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port -- one that nobody listens on, below those that the system hands out for connections.
free_port() {
	local port
	while :; do
		port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
		if ! accepts "$port"; then
			echo "$port"
			return
		fi
	done
}

# kept_ports FILE COUNT -- the ports that the file holds; at the first time free ones, each another, which it then keeps.
kept_ports() {
	local ports=() port
	while [[ ! -s $1 && ${#ports[@]} -lt $2 ]]; do
		port=$(free_port)
		[[ " ${ports[*]-} " == *" $port "* ]] || ports+=("$port")
	done
	[[ -s $1 ]] || echo "${ports[*]}" >"$1"
	cat "$1"
}

# new_password -- 32 digits that nobody guesses.
new_password() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# as_user USER COMMAND... -- as that user when we are root, else as who we are.
as_user() {
	local user=$1
	shift
	if [[ $(id -u) -eq 0 ]]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups "$@"
	else
		"$@"
	fi
}

# give_to USER PATH... -- so that as_user may write there.
give_to() {
	if [[ $(id -u) -eq 0 ]]; then
		chown "$@"
	fi
}

# fill_in TEMPLATE NAME=VALUE... -- the template with every @NAME@ replaced; fails when one is left.
fill_in() {
	local text pair
	text=$(<"$1")
	for pair in "${@:2}"; do
		text=${text//"@${pair%%=*}@"/"${pair#*=}"}
	done
	if [[ $text =~ @[A-Z_]+@ ]]; then
		echo "$1: nothing was given for ${BASH_REMATCH[0]}" >&2
		return 1
	fi
	printf '%s\n' "$text"
}
