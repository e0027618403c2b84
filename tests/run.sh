#!/usr/bin/env bash
# Build and test everything.  `tests/run.sh --help` explains; README.md says what the steps are for.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
# shellcheck source=deploy/packages.sh
source deploy/packages.sh
export PYTHONDONTWRITEBYTECODE=1
# In a container the checkout often belongs to somebody else.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$top

logs=build/test-logs
python=/usr/bin/python3
jobs=$(nproc)
kills=
quick=no
long=no
only=()

test_packages=(
	git clang clang-format clang-tidy libclang-rt-14-dev libcmocka-dev python3 python3-yaml python3-jsonschema python3-cryptography openssl
	valgrind shellcheck wrk libjq-dev postgresql patroni etcd-server haproxy prometheus curl python3-kubernetes systemd strace faketime
)

# The steps in order: name, the step that must have passed before (or -), title.  A step is the function do_NAME; the
# last line "N passed, N failed" of what it prints (with ", N skipped") is counted, else the step counts as one test.
steps=(
	"format          -             clang-format, shellcheck, line ends"
	"dev-build       -             gcc, ASan and UBSan: build"
	"layers          dev-build     who may include whom, and no SQL outside catalog/"
	"dev-unit        dev-build     gcc: unit tests, conformance, fuzz corpora"
	"dev-api         dev-build     gcc: whole-server tests"
	"dev-e2e         dev-build     gcc: the demo from beginning to end, a policy author's hour"
	"pg-api          dev-build     gcc: whole-server tests, on PostgreSQL"
	"clang-build     -             clang, ASan and UBSan: build"
	"clang-unit      clang-build   clang: unit tests, conformance, fuzz corpora"
	"clang-api       clang-build   clang: whole-server tests of the ways in"
	"tidy            clang-build   clang-tidy"
	"tsan-build      -             ThreadSanitizer: build"
	"tsan-unit       tsan-build    ThreadSanitizer: unit tests"
	"tsan-load       tsan-build    ThreadSanitizer: the server under load"
	"release-build   -             release, hardened: build"
	"deploy          release-build deploy/run.sh, and every command that it recommends"
	"manifests       release-build the Kubernetes manifests and the Dockerfile agree with the program"
	"ha              release-build deploy/ha/run.sh, and every command that it recommends"
	"kill9           release-build kill -9 in the middle of publishes"
	"kill9-postgres  release-build kill -9 of PostgreSQL and of nodes that share it"
	"failover        release-build machines die under load, and writes come back by themselves"
	"nth-call        release-build the n-th call of one kind fails, for every n of a command"
	"nth-start       release-build the n-th call of one kind fails, for every n of a start"
	"full-disk       release-build a file system that is full under the data folder"
	"clock-jump      release-build a clock that goes forwards and backwards by a day"
	"postgres        release-build PostgreSQL killed, restarted, frozen, its connections cut, under a node"
	"power-loss      release-build what a disk may have when the power goes, and a server on it"
	"valgrind        release-build valgrind on the demo"
	"bench           release-build the benchmarks run (no times are asserted)"
	"fuzz            -             libFuzzer, 60 seconds a target"
)
quick_steps="format dev-build layers dev-unit dev-api dev-e2e"
long_steps="fuzz"
beside_step=tidy # runs beside those after it, on what they leave of the machine; bench wants it for itself
step_limit=20m  # none takes half of it on a quiet machine; with --long some take hours
beside_limit=1h

usage() {
	cat <<'END'
usage: tests/run.sh [--quick | --long] [--only NAME]... [--kills N]

Installs the packages that the tests need and that are absent, builds, and runs every step; goes on after a failure, and
shows the end of its log.  Logs: build/test-logs/NAME.log.  The last line is "N passed, N failed", counted over single
tests; the exit status is 0 when nothing failed.

  --quick       only what gcc with sanitizers finds, in a few minutes
  --long        fuzzing too, 60 seconds a target; every call that can fail and every kind of failover, not a sample; 500 kills
  --only NAME   this step, and the build that it needs; may be given several times
  --kills N     how often the server is killed (200, with --long 500)

Steps:
END
	local step name needs title
	for step in "${steps[@]}"; do
		read -r name needs title <<<"$step"
		printf '  %-14s %s\n' "$name" "$title"
	done
}

fail_usage() {
	printf 'tests/run.sh: %s; see --help\n' "$1" >&2
	exit 2
}

is_step() {
	local step
	for step in "${steps[@]}"; do
		[[ ${step%% *} == "$1" ]] && return 0
	done
	return 1
}

read_options() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		--help | -h)
			usage
			exit 0
			;;
		--run-step) # for this script itself: one step, in the open
			"do_$2"
			exit
			;;
		--quick) quick=yes ;;
		--long) long=yes step_limit=5h beside_limit=5h ;;
		--only | --kills)
			[[ $# -ge 2 ]] || fail_usage "$1 needs a value"
			if [[ $1 == --kills ]]; then
				kills=$2
			else
				is_step "$2" || fail_usage "no step '$2'"
				only+=("$2")
			fi
			shift
			;;
		*) fail_usage "unknown option '$1'" ;;
		esac
		shift
	done
}

# ---- the steps

do_format() {
	git ls-files -- '*.c' '*.h' '*.cc' | xargs clang-format --dry-run -Werror
	git ls-files -- '*.sh' .ci/run | xargs shellcheck -x -S warning
	local bad
	bad=$(git ls-files -- '*.c' '*.h' '*.py' '*.sh' '*.sql' '*.txt' '*.cmake' '*.md' '*.yaml' ':!tests/fuzz/corpus' |
		xargs grep -lE $'\r$|[ \t]+$' || true)
	if [[ -n $bad ]]; then
		echo "carriage returns or blanks at the end of a line:"
		echo "$bad"
		return 1
	fi
}

do_layers() {
	"$python" tests/layers.py
}

do_build() {
	{ [[ -f build/$1/build.ninja ]] || cmake --preset "$1"; } && cmake --build --preset "$1" "${@:2}"
}

# ctest, with single tests counted from what the programs print.
do_ctest() {
	local status=0
	ctest --preset "$1" -j "$jobs" || status=$?
	"$python" tests/count.py "build/$1/Testing/Temporary/LastTest.log"
	return "$status"
}

do_server_tests() {
	WEFT_PRESET=$1 "$python" tests/api/run.py -j "$jobs" "${@:2}"
}

do_dev-build() { do_build dev; }
do_dev-unit() { do_ctest dev; }
do_dev-api() { do_server_tests dev; }
do_dev-e2e() { do_server_tests dev tests/e2e/01_bank.py tests/e2e/04_policy_author.py; }
do_pg-api() {
	local dir=/tmp/weft-test-postgres-api-$UID status=0
	WEFT_PRESET=dev tests/services/on_postgres.sh "$dir" "$python" tests/api/run.py -j "$jobs" \
		tests/api/[0-9]*.py tests/e2e/01_bank.py || status=$?
	tests/services/postgres.sh remove "$dir"
	return "$status"
}
do_clang-build() { do_build clang-dev; }
do_clang-unit() { do_ctest clang-dev; }
do_clang-api() { do_server_tests clang-dev tests/api/0[1-5]_*.py; }
do_tsan-build() { do_build tsan; }
do_tsan-unit() { do_ctest tsan; }
do_tsan-load() { do_server_tests tsan tests/api/05_*.py tests/api/10_*.py tests/api/18_*.py tests/e2e/01_bank.py; }
do_release-build() { do_build release --target weft fault plugin_filesystem plugin_sqlite benchmarks; }
do_deploy() { do_server_tests release tests/e2e/02_deploy.py; }
do_manifests() { "$python" tests/manifests.py; }
do_ha() { do_server_tests release tests/e2e/03_ha.py; }
do_kill9() {
	if [[ -z $kills && $long == yes ]]; then kills=500; fi
	WEFT_PRESET=release "$python" tests/fault/kill9.py --rounds "${kills:-200}"
}
do_kill9-postgres() {
	if [[ -z $kills && $long == yes ]]; then kills=100; fi
	WEFT_PRESET=release "$python" tests/fault/kill9_postgres.py --rounds "${kills:-25}"
}
do_failover() {
	local faults=(--only primary_killed --only patroni_killed --only node_frozen --only etcd_away)
	if [[ $long == yes ]]; then faults=(); fi
	WEFT_PRESET=release "$python" tests/fault/failover.py "${faults[@]}"
}
do_nth-call() { "$python" tests/fault/nth_call.py --every "$(sampled 5)"; }
do_nth-start() { "$python" tests/fault/nth_start.py --every "$(sampled 9)"; }
do_valgrind() { WEFT_VALGRIND=1 WEFT_PATIENCE=300 do_server_tests release tests/e2e/01_bank.py; }
do_bench() { tests/bench/run.sh --seconds 0.2 --rounds 1 --sizes 200,1000 --json "$logs/bench.json"; }

do_full-disk() { "$python" tests/fault/full_disk.py; }
do_postgres() { "$python" tests/fault/postgres.py; }
do_power-loss() { "$python" tests/fault/power_loss.py --states "$((600 / $(sampled 10)))"; }
do_clock-jump() { "$python" tests/fault/clock_jump.py; }

# A sample: one in so many; all of them with --long.
sampled() {
	if [[ $long == yes ]]; then echo 1; else echo "$1"; fi
}

# Without the line a file that run-clang-tidy prints: what is left are findings.
do_tidy() {
	local status=0
	run-clang-tidy -quiet -j "$jobs" -p build/clang-dev "^$top/(controlplane|policy|catalog|templates|api|tests)/" \
		2>/dev/null | sed -e 's/\x1b\[[0-9;]*m//g' -e '/^clang-tidy/d' -e '/^$/d' || status=$?
	return "$status"
}

do_fuzz() {
	do_build fuzz
	"$python" tests/fuzz/seeds.py build/fuzz/seeds
	local target name extra
	for target in build/fuzz/bin/fuzz_*; do
		name=${target##*/fuzz_}
		mkdir -p "build/fuzz/found/$name"
		extra=()
		if [[ -d build/fuzz/seeds/$name ]]; then extra+=("build/fuzz/seeds/$name"); fi
		if [[ $name == cel_* ]]; then extra+=(-dict=build/fuzz/seeds/cel.dict); fi
		"$target" -max_total_time=60 -artifact_prefix="build/fuzz/found/$name/" -print_final_stats=1 \
			"build/fuzz/found/$name" "tests/fuzz/corpus/$name" "${extra[@]}"
	done
}

# ---- running them

passed=0
failed=0
skipped=0
number=0
failed_steps=" "
beside=() # what finish() is to be told

# Adds what the step's log says to the totals; prints how it reads in the table.
count() {
	local log=$1 status=$2 line p=0 f=0 s=0
	line=$(grep -aoE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1 || true)
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[4]:-0}
	elif [[ $status -eq 0 ]]; then
		p=1
	fi
	if [[ $status -ne 0 && $f -eq 0 ]]; then
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	result="$p passed"
	if [[ $f -gt 0 ]]; then
		result="$result, $f FAILED"
	fi
	if [[ $s -gt 0 ]]; then
		result="$result, $s skipped"
	fi
}

row() {
	printf '%2d  %-62s %-28s %6s\n' "$number" "$1" "$2" "$3"
}

# Begins a step, after the words that say how; its process is $pid.  In a shell of its own, so that `set -e` holds inside
# the step too; what hangs fails, and the others have their turn.
start() {
	local name=$1 options=()
	if [[ $long == yes ]]; then options+=(--long); fi
	if [[ -n $kills ]]; then options+=(--kills "$kills"); fi
	# What runs in the background would ignore an interrupt, and all that it starts.
	env --default-signal=INT,QUIT "${@:2}" timeout --kill-after=30 "$step_limit" tests/run.sh "${options[@]}" --run-step "$name" \
		>"$logs/$name.log" 2>&1 </dev/null &
	pid=$!
}

# Waits for a step, and prints its row, and the end of its log when it failed.
finish() {
	local pid=$1 name=$2 title=$3 begun=$4 log=$logs/$2.log status=0 result
	if [[ -t 1 ]]; then
		printf '%2d  %s ...\r' "$number" "$name: $title"
	fi
	wait "$pid" || status=$?
	if [[ $status -eq 124 || $status -eq 137 ]]; then
		echo "the step was ended after $step_limit" >>"$log"
	fi
	count "$log" "$status"
	row "$name: $title" "$result" "$((SECONDS - begun)) s"
	if [[ $status -ne 0 ]]; then
		failed_steps+="$name "
		printf '    --- the end of %s\n' "$log"
		tail -n 60 "$log" | sed 's/^/    /'
	fi
}

start_beside() {
	step_limit=$beside_limit start "$1" nice -n 19
	beside=("$pid" "$1" "$2" "$SECONDS")
	beside_number=$number
}

await_beside() {
	if [[ ${#beside[@]} -gt 0 ]]; then
		number=$beside_number step_limit=$beside_limit finish "${beside[@]}"
		beside=()
	fi
}

run_step() {
	local name=$1 needs=$2 title=$3
	number=$((number + 1))
	if [[ $failed_steps == *" $needs "* ]]; then
		skipped=$((skipped + 1))
		failed_steps+="$name "
		row "$name: $title" "not run: no build" ""
		return 0
	fi
	if [[ $name == "$beside_step" ]]; then
		start_beside "$name" "$title"
		return 0
	fi
	if [[ $name == bench ]]; then await_beside; fi
	start "$name"
	finish "$pid" "$name" "$title" "$SECONDS"
	if [[ ${#beside[@]} -gt 0 ]] && ! kill -0 "${beside[0]}" 2>/dev/null; then await_beside; fi
}

# Whoever interrupts means the steps, too.
end_steps() {
	local running
	running=$(jobs -p)
	if [[ -n $running ]]; then
		kill $running 2>/dev/null || true
		wait
	fi
}

is_wanted() {
	local name=$1 wanted step other needs
	if [[ ${#only[@]} -gt 0 ]]; then
		for wanted in "${only[@]}"; do
			for step in "${steps[@]}"; do
				read -r other needs _ <<<"$step"
				if [[ $other == "$wanted" && ($name == "$other" || $name == "$needs") ]]; then
					return 0
				fi
			done
		done
		return 1
	fi
	if [[ $quick == yes ]]; then
		[[ " $quick_steps " == *" $name "* ]]
		return
	fi
	[[ $long == yes || " $long_steps " != *" $name "* ]]
}

main() {
	local step name needs title
	read_options "$@"
	mkdir -p "$logs"
	trap end_steps EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	need_packages "$logs/packages.log" "${build_packages[@]}" "${test_packages[@]}"
	for step in "${steps[@]}"; do
		read -r name needs title <<<"$step"
		if is_wanted "$name"; then
			run_step "$name" "$needs" "$title"
		fi
	done
	await_beside
	echo
	if [[ $skipped -gt 0 ]]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[[ $failed -eq 0 ]]
}

main "$@"
