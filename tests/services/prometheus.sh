#!/usr/bin/env bash
# A Prometheus of its own for tests, on loopback.
#
#     tests/services/prometheus.sh start DIR HOST:PORT [TOKENFILE [RULES]]
#         prints its URL; scrapes http://HOST:PORT/metrics every second, with the bearer token in TOKENFILE, and
#         watches the alerts in the file RULES; running already: prints its URL again
#     tests/services/prometheus.sh stop DIR      the data stays in DIR
#
# The port is chosen at the first start and kept (DIR/ports).  The first scrape comes up to five seconds after the start.
set -euo pipefail
# shellcheck source=tests/services/service.sh
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"

# Every second the target is looked at, and the alerts are thought over.
configuration() {
	echo "global: {scrape_interval: 1s, evaluation_interval: 1s}"
	if [[ -n $rules ]]; then
		echo "rule_files: [\"$rules\"]"
	fi
	echo "scrape_configs:"
	echo "  - job_name: weft"
	if [[ -n $token ]]; then
		echo "    authorization: {credentials_file: \"$token\"}"
	fi
	echo "    static_configs: [{targets: [\"$target\"]}]"
}

start() {
	local port
	mkdir -p "$dir"
	port=$(kept_ports "$dir/ports" 1)
	configuration >"$dir/prometheus.yml"
	start_process "$dir/pid" "$dir/log" prometheus --config.file="$dir/prometheus.yml" \
		--storage.tsdb.path="$dir/data" --web.listen-address="127.0.0.1:$port" --log.level=warn
	wait_for_service "$dir" curl -sf -m 2 "http://127.0.0.1:$port/-/ready"
	echo "http://127.0.0.1:$port"
}

if [[ $# -lt 2 ]]; then
	show_usage
	exit 2
fi
dir=$(realpath -m "$2")
target=${3-}
token=${4:+$(realpath -m "$4")}
rules=${5:+$(realpath -m "$5")}
case $1 in
start)
	if [[ -z $target ]]; then
		show_usage
		exit 2
	fi
	start
	;;
stop) end_process "$dir/pid" ;;
*)
	show_usage
	exit 2
	;;
esac
