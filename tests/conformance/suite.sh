#!/usr/bin/env bash
# suite.sh: runs the OCI's own conformance suite, every option on, against the published Berth with a fresh data directory.
#
# usage: OCI_CONFORMANCE=/path/of/the/suite tests/conformance/suite.sh
#
# docs/conformance.md says how the suite is built. Passes if as many checks passed as there are and none was skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

expected=1032
port=${CONFORMANCE_PORT:-5951}
token=glpat-conformance0123456789
if [ ! -x "${OCI_CONFORMANCE:-}" ]; then
    echo "Set OCI_CONFORMANCE to the program of the OCI's conformance suite; docs/conformance.md says how to build it." >&2
    exit 2
fi
suite=$(realpath "$OCI_CONFORMANCE")
work=$(mktemp -d "${TMPDIR:-/tmp}/berth-conformance.XXXXXX")
url=http://127.0.0.1:$port

clean_up() {
    if [ -n "${server:-}" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
    rm -rf "$work"
}
trap clean_up EXIT

env "BERTH_Urls=$url" "BERTH_DataDirectory=$work/data" "BERTH_InitialRootToken=$token" artifacts/berth/berth >"$work/berth.log" 2>&1 &
server=$!
for _ in $(seq 150); do
    if curl -fs "$url/-/readiness" >"$work/readiness"; then break; fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.2
done
if ! kill -0 "$server" 2>/dev/null || ! [ -s "$work/readiness" ]; then
    echo "Berth did not start on $url:" >&2
    cat "$work/berth.log" >&2
    exit 1
fi

# api METHOD PATH BODY
api() {
    curl -fsS -X "$1" -H "PRIVATE-TOKEN: $token" -H 'Content-Type: application/json' -d "$3" "$url/api/v4/$2" >>"$work/api.log"
}
api POST projects '{"name":"conformance"}'
# Some of the suite's manifests name what it never pushes.
api PUT projects/root%2Fconformance '{"container_registry_sparse_manifests":true}'

# The suite's version 'dev' is the text after 1.1; the options below are off where nobody asks.
(cd "$work" && env OCI_VERSION=dev "OCI_REGISTRY=127.0.0.1:$port" OCI_TLS=disabled OCI_RESULTS_DIR="$work/results" \
    OCI_REPO1=root/conformance/one OCI_REPO2=root/conformance/two OCI_USERNAME=root "OCI_PASSWORD=$token" \
    OCI_API_BLOBS_UPLOAD_CANCEL=true OCI_API_BLOBS_DIGEST_HEADER=true OCI_API_MANIFESTS_DIGEST_HEADER=true \
    OCI_API_MANIFESTS_TAG_PARAM=true OCI_DATA_SPARSE=true timeout -s KILL 600 "$suite" >suite.log 2>&1) || true

if ! [ -f "$work/results/junit.xml" ]; then
    echo "The suite left no result:" >&2
    tail -n 20 "$work/suite.log" >&2
    exit 1
fi
# count NAME: an attribute of the result's first line; those that are 0 are left out.
count() { sed -n "1s/.* $1=\"\([0-9]*\)\".*/\1/p" "$work/results/junit.xml" | grep . || echo 0; }
total=$(count tests) failed=$(($(count failures) + $(count errors))) skipped=$(($(count skipped) + $(count disabled)))
grep -o 'name="[^"]*" error=.*' "$work/suite.log" | cut -c1-400 || true
printf 'OCI conformance: %d pass, %d skip, %d fail\n' $((total - failed - skipped)) "$skipped" "$failed"
[ "$total" = "$expected" ] && [ "$failed" = 0 ] && [ "$skipped" = 0 ]
