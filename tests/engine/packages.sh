#!/usr/bin/env bash
# packages.sh: installs from Debian what is missing, and starts none of its services.
#
# usage: packages.sh              what the tests need, the clients and their engines
#        packages.sh PACKAGE...   these packages
#
# Needs root when something is missing. Does nothing, in a moment, when all is there.
set -euo pipefail

# awk, grep, mount, nsenter, sed and their like are in every Debian.
default=(
    docker.io iptables iproute2 procps                    # the engine and its network
    podman buildah skopeo crun containernetworking-plugins # the other clients
    busybox-static                                        # what base images are made of
    chromium fonts-dejavu-core                            # the browser of the tests of pages
    gitlab-cli gitlabracadabra                            # GitLab's API from the command line
    ca-certificates curl git jq openssl                   # what the tests themselves call
    strace nginx-light e2fsprogs mount util-linux         # system calls, a proxy, small volumes
)

missing() {
    local package
    for package in "$@"; do
        dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

install() {
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}

# Lists are fetched only after a failure: there are none yet, or they name versions that are gone.
install_fresh() {
    apt-get update -qq -o DPkg::Lock::Timeout=300 && install "$@"
}

[ $# -gt 0 ] || set -- "${default[@]}"
mapfile -t wanted < <(missing "$@")
[ ${#wanted[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] || { echo "packages.sh: run it as root, it has to install: ${wanted[*]}" >&2; exit 1; }

log=$(mktemp)
policy=/usr/sbin/policy-rc.d made=
clean_up() {
    rm -f "$log"
    [ -z "$made" ] || rm -f "$policy"
}
trap clean_up EXIT
# Debian's packages start their services at once unless this program says 101, "not allowed".
if [ ! -e "$policy" ]; then
    made=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
echo "installing ${wanted[*]}"
install "${wanted[@]}" || install_fresh "${wanted[@]}" || { tail -n 20 "$log" >&2; exit 1; }
