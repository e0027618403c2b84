# shellcheck shell=bash
# Sourced by the scripts of this folder: processes that are started by hand, watched by their number, and ended by it.

# is_running PID -- a process that has ended, but that nobody has reaped yet, is not running.
is_running() {
	[[ -r /proc/$1/status ]] && ! grep -qE '^State:[[:space:]]+[ZX]' "/proc/$1/status"
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

# free_port -- one that the system chose; it stays free until somebody takes it.
free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
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
