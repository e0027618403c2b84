#!/usr/bin/env bash
# Weft beside its floors, in one run.  See README.md.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
	cat <<'END'
usage: tests/bench/run.sh [--seconds S] [--rounds N] [--products N] [--only NAME]... [--json FILE]

Builds the preset `release`, measures Weft and the floor of each figure in turn, and prints what was measured, the floor,
their ratio, the goal, and whether it was met.  Asserts nothing.

  --seconds S    how long each single measurement takes (2)
  --rounds N     how often each is repeated, in turn with its floor; the median counts (3)
  --products N   for start-up and memory (10000)
  --only NAME    get, publish, judge or start; may be given several times
  --json FILE    the figures for programs, too
END
}

for word in "$@"; do
	if [[ $word == --help || $word == -h ]]; then
		usage
		exit 0
	fi
done
for program in cmake ninja wrk /usr/bin/python3; do
	if ! command -v "$program" >/dev/null; then
		echo "bench: $program is missing: apt-get install cmake ninja-build wrk python3-yaml" >&2
		exit 1
	fi
done

cd "$top"
mkdir -p build
log=build/bench-build.log
echo "building the preset release (log: $log)"
if ! { [[ -f build/release/build.ninja ]] || cmake --preset release; } >"$log" 2>&1 ||
	! cmake --build --preset release --target weft plugin_filesystem plugin_sqlite floor_http floor_sqlite load judge \
		>>"$log" 2>&1; then
	tail -n 40 "$log" >&2
	exit 1
fi
WEFT_PRESET=release exec /usr/bin/python3 -B tests/bench/measure.py "$@"
