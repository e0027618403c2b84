# shellcheck shell=bash
# Sourced by the scripts of this folder: what they share with deploy/, and how they are called.
# shellcheck source=deploy/processes.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/processes.sh"

# show_usage -- the comment at the head of the script that runs.
show_usage() {
	sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2
}

# wait_for_service DIR COMMAND... -- until the command succeeds; else the end of DIR/log, and failure.
wait_for_service() {
	local dir=$1
	shift
	if ! wait_until 30 "$@"; then
		tail -n 20 "$dir/log" >&2
		echo "$(basename "$0"): it did not come up; its log is $dir/log" >&2
		return 1
	fi
}
