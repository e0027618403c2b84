# shellcheck shell=bash
# Sourced by the scripts that set up and test: Debian's packages, installed only where they are absent.

# What the program is built from.
# shellcheck disable=SC2034
build_packages=(
	gcc g++ cmake ninja-build pkg-config
	libjansson-dev libyaml-dev libsodium-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev libpq-dev libmicrohttpd-dev libgnutls28-dev libre2-dev tzdata
)

# What the built program and its plugins need to run.
# shellcheck disable=SC2034
run_packages=(
	libjansson4 libyaml-0-2 libsodium23 libssl3 libcurl4 libsqlite3-0 libpq5 libmicrohttpd12 libgnutls30 libre2-9
	ca-certificates
)

# absent_packages PACKAGE... -- those that are not installed, one a line.
absent_packages() {
	local package
	for package in "$@"; do
		if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
			echo "$package"
		fi
	done
}

# run_as_root COMMAND... -- as root or by sudo.
run_as_root() {
	if [[ $(id -u) -eq 0 ]]; then
		"$@"
	else
		sudo "$@"
	fi
}

# A server's package starts its server, unless this file says no: what we run, we start ourselves.  Where the machine
# has such a file, it stays as it is.
policy=/usr/sbin/policy-rc.d

forbid_starting_servers() {
	printf '#!/bin/sh\nexit 101\n' | run_as_root tee "$policy" >/dev/null
	run_as_root chmod 755 "$policy"
}

# install_packages PACKAGE... -- in a shell of its own, which takes the policy away again however it ends.
install_packages() (
	if [[ ! -e $policy ]]; then
		trap 'run_as_root rm -f "$policy"' EXIT
		forbid_starting_servers
	fi
	run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
		run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@"
)

# need_packages LOG PACKAGE... -- install what is absent, or say what to do and fail.
need_packages() {
	local log=$1 absent
	shift
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		echo "This is no Debian: make sure of $* (or what your system calls them)." >&2
		return 0
	fi
	mapfile -t absent < <(absent_packages "$@")
	if [[ ${#absent[@]} -eq 0 ]]; then
		return 0
	fi
	if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
		echo "Missing packages, and neither root nor sudo to install them.  As root:" >&2
		echo "    apt-get install --no-install-recommends ${absent[*]}" >&2
		return 1
	fi
	echo "installing ${#absent[@]} packages: ${absent[*]}"
	if ! install_packages "${absent[@]}" >"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		echo "Installing packages failed; all of it is in $log" >&2
		return 1
	fi
}

# show_progress -- from ninja's lines "[12/345] ..." to one line that changes, on a terminal; nothing elsewhere.
show_progress() {
	local line
	while IFS= read -r line; do
		if [[ -t 1 && $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
			printf '\r  %s of %s\033[K' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
		fi
	done
	if [[ -t 1 ]]; then
		printf '\r\033[K'
	fi
}

# build_preset PRESET LOG [CMAKE-BUILD-ARGUMENT...] -- configure once, build what is out of date; everything into LOG.
build_preset() {
	local preset=$1 log=$2
	shift 2
	if ! { [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset"; } >"$log" 2>&1 </dev/null ||
		! cmake --build --preset "$preset" "$@" 2>&1 </dev/null | tee -a "$log" | show_progress; then
		tail -n 40 "$log" >&2
		echo "The build failed; all of it is in $log" >&2
		return 1
	fi
}
