#!/usr/bin/env bash
# A PostgreSQL that survives the death of a machine, for tests: etcd, two PostgreSQL under Patroni, and haproxy, which
# leads to the primary.  It is the database of deploy/ha, on loopback; a failover takes about five seconds.
#
#     tests/services/patroni.sh start DIR     prints its URL; starts what does not run
#     tests/services/patroni.sh stop DIR      the data stays in DIR
#     tests/services/patroni.sh list DIR      what Patroni says
#
# The ports are chosen at the first start and kept (DIR/ports).  Pids: DIR/{etcd,pg1,pg2,haproxy}/pid, and of PostgreSQL
# itself DIR/pg1/data/postmaster.pid.  As root everything runs as the user postgres, who must be able to enter DIR.
set -euo pipefail
# shellcheck source=tests/services/service.sh
source "$(dirname "${BASH_SOURCE[0]}")/service.sh"
# shellcheck source=deploy/ha/cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/ha/cluster.sh"

if [[ $# -ne 2 ]]; then
	show_usage
	exit 2
fi
has_cluster_programs
use_cluster "$(realpath -m "$2")"
case $1 in
start)
	start_cluster
	cluster_url
	;;
stop) stop_cluster ;;
list) timeout 20 patronictl -c "$cluster/pg1/patroni.yml" list ;;
*)
	show_usage
	exit 2
	;;
esac
