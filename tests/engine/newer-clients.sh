#!/usr/bin/env bash
# newer-clients.sh: unpacks clients that this Debian does not have, from its newer releases, into
# .tools/RELEASE of the checkout. Nothing is installed: they need no more than Debian 12's libc.
#
# usage: newer-clients.sh
#
# Does nothing, in a moment, when all are there. What can't be had leaves its reason in
# .tools/RELEASE/PROGRAM.missing, for the tests that are skipped then; the exit code is 0 all the same.
set -euo pipefail

tools=$(cd "$(dirname "$0")/../.." && pwd)/.tools

# Of two releases where the program changed how it talks to a registry. forky is Debian 14: until that
# is out, versions in it still rise.
wanted=(
    trixie/oras trixie/cosign
    forky/oras forky/cosign forky/crane forky/glab
)

missing() {
    local program
    for program in "${wanted[@]}"; do
        [ -x "$tools/${program%/*}/usr/bin/${program#*/}" ] || echo "$program"
    done
}

# The archive that this machine has its own release from; apt knows it once it has fetched any list.
archive() {
    # shellcheck disable=SC2016 # apt's own variable
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $codename" 'Component: main' | head -n 1
}

# apt with its lists, its cache and its sources in $work; proxies and the like as on the machine.
newer_apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Acquire::Languages=none \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Update::Error-Mode=any "$@"
}

# All on standard error tells why a program can't be had.
unpack() {
    local release=${1%/*} program=${1#*/}
    mkdir "$work/$program.$release" && cd "$work/$program.$release"
    newer_apt download "$program/$release" >&2 && dpkg-deb -x ./*.deb "$tools/$release" && [ -x "$tools/$release/usr/bin/$program" ]
}

mapfile -t missing < <(missing)
[ ${#missing[@]} -gt 0 ] || exit 0

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt fetches as a user of its own
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "unpacking ${missing[*]}"
site=$(archive)
if [ -z "$site" ]; then
    apt-get update -qq -o DPkg::Lock::Timeout=300 >&2 || true
    site=$(archive)
fi
for release in $(printf '%s\n' "${missing[@]%/*}" | sort -u); do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $release main"
done >"$work/sources.list"
newer_apt update >"$work/update.log" 2>&1 || true
for program in "${missing[@]}"; do
    reason=$tools/$program.missing
    mkdir -p "${reason%/*}"
    if (unpack "$program") 2>"$work/log"; then
        rm -f "$reason"
    else
        cat "$work/update.log" "$work/log" >"$reason"
        echo "newer-clients.sh: $program can't be had: $(tail -n 1 "$reason")" >&2
    fi
done
