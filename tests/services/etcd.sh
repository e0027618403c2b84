#!/usr/bin/env bash
# An etcd of its own for tests, on loopback.
#
#     tests/services/etcd.sh start DIR     prints its URL; running already: prints it again
#     tests/services/etcd.sh stop DIR      the data stays in DIR
#
# The ports are chosen at the first start and kept (DIR/ports).
set -euo pipefail
# shellcheck source=tests/services/service.sh
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"
# shellcheck source=deploy/ha/cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/ha/cluster.sh"

if [[ $# -ne 2 ]]; then
	show_usage
	exit 2
fi
dir=$(realpath -m "$2")
case $1 in
start)
	mkdir -p "$dir"
	read -r client peer <<<"$(kept_ports "$dir/ports" 2)"
	use_etcd_command "$dir/data" "$client" "$peer"
	start_process "$dir/pid" "$dir/log" "${etcd_command[@]}"
	wait_for_service "$dir" answers "http://127.0.0.1:$client/health"
	echo "http://127.0.0.1:$client"
	;;
stop) end_process "$dir/pid" ;;
*)
	show_usage
	exit 2
	;;
esac
