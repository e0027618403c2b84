#!/bin/sh
# The audit by hand of catalog/proof/README.md, done: its shell blocks, in order, in a folder of their own.
# Usage: readme_test.sh README.  Ends with 77, which ctest shows as skipped, where openssl is missing.
set -eu
command -v openssl > /dev/null || { echo "SKIPPED: openssl is not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -n '/^```sh$/,/^```$/p' "$1" | grep -v '^```' > "$folder/audit.sh"
cd "$folder"
sh -eu audit.sh | tee said
grep -q 'one event more' said

# Nor may it say so when the log was altered: another actor of event 1.
sed 's/ ada / eve /' audit.sh > forged.sh
if sh -eu forged.sh > /dev/null; then
	echo "a forged event was not noticed"
	exit 1
fi
