#!/usr/bin/env bash
# Weft beside its floors, in one run.  See README.md.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
	cat <<'END'
usage: tests/bench/run.sh [OPTION]...

Builds the preset `release`, measures Weft and the floor of each figure in turn, and prints what was measured, the floor,
their ratio, the goal, and whether it was met.  Asserts nothing.

  --seconds S      how long each single measurement takes (2)
  --rounds N       how often each is repeated, in turn with its floor; the median counts (3)
  --sizes N,N...   products of the catalogs of `growth` (1000,10000,100000), which are kept in build/bench-data/
  --full           and one of 1000000
  --peers          Backstage's catalog backend beside it: installs it from the npm registry into build/bench/
  --entities N,N   how many it is fed with (1000)
  --profile        where the CPU time of a publish goes, with perf
  --only NAME      get, publish, postgres, readers, growth, judge, impact, standing, backstage or profile; may be given several times
  --json FILE      the figures for programs, too
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
	! cmake --build --preset release --target weft plugin_filesystem plugin_sqlite benchmarks >>"$log" 2>&1; then
	tail -n 40 "$log" >&2
	exit 1
fi
WEFT_PRESET=release exec /usr/bin/python3 -B tests/bench/measure.py "$@"
