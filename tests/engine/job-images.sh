#!/usr/bin/env bash
# job-images.sh: the images that CI jobs run in, made on the engine from this machine's programs.
#
# usage: job-images.sh BUSYBOX.tar [GITLAB-RUNNER-HELPER]
#
#   docker:20.10.16        stands in for the docker client's image; the version inside is Debian's
#   docker:20.10.16-dind   the same with the daemon, for Docker-in-Docker
#   alpine/git:latest      busybox and git, what berth-runner takes for a helper image
#   with-bash:latest       busybox and bash
#
# or, if GitLab's helper program is given, on top of these:
#
#   gitlab-runner-helper:latest  bash, git and that program, what gitlab-runner takes for a helper image
#
# BUSYBOX.tar is what base-image.sh wrote; ENGINE_DIR names a running engine. Programs are copied
# with the libraries that they load: no package manager works in these images.
set -euo pipefail

base=${1:-} gitlab_helper=${2:-}
if [ -z "$base" ]; then
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
tag=20.10.16
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

docker() { /usr/bin/docker --host "unix://$ENGINE_DIR/docker.sock" "$@"; }

# add CONTEXT FILE...: copies files to where they are here, followed through links, with their libraries
add() {
    local root=$work/$1/root file
    shift
    mkdir -p "$root"
    for file in "$@"; do
        (cd / && cp --dereference --parents "$file" "$root")
        (ldd "$file" 2>/dev/null || true) | { grep -o '/[^ ]*' || true; } | while read -r library; do
            [ -e "$root$library" ] || (cd / && cp --dereference --parents "$library" "$root")
        done
    done
}

# make CONTEXT IMAGE: builds it by the Dockerfile in standard input
make() {
    docker build --quiet --tag "$2" --file - "$work/$1" >/dev/null
}

client() {
    add client /usr/bin/docker /usr/bin/openssl /etc/ssl/certs/ca-certificates.crt /usr/lib/ssl/openssl.cnf
    install -D "$here/images/docker-entrypoint.sh" "$work/client/root/usr/local/bin/docker-entrypoint.sh"
    mkdir -p "$work/client/root/certs/client"
    chmod 1777 "$work/client/root/certs" "$work/client/root/certs/client"
    make client "docker:$tag" <<-'END'
		FROM busybox
		COPY root /
		ENV DOCKER_TLS_CERTDIR=/certs
		ENTRYPOINT ["docker-entrypoint.sh"]
		CMD ["sh"]
	END
}

daemon() {
    add daemon /usr/sbin/dockerd /usr/bin/containerd /usr/bin/containerd-shim-runc-v2 /usr/sbin/runc /usr/bin/docker-init \
        /usr/sbin/docker-proxy /usr/bin/jq /usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi
    local root=$work/daemon/root name
    # The modules load libraries that the program has loaded already.
    cp --parents -r /usr/lib/*/xtables "$root"
    for name in iptables ip6tables iptables-save iptables-restore ip6tables-save ip6tables-restore; do
        ln -s xtables-nft-multi "$root/usr/sbin/$name"
    done
    install -D "$here/images/dockerd-entrypoint.sh" "$root/usr/local/bin/dockerd-entrypoint.sh"
    install "$here/runc-without-sys-resource" "$root/usr/local/bin/runc-without-sys-resource"
    make daemon "docker:$tag-dind" <<-END
		FROM docker:$tag
		COPY root /
		VOLUME /var/lib/docker
		EXPOSE 2375 2376
		ENTRYPOINT ["dockerd-entrypoint.sh"]
		CMD []
	END
}

helper() {
    add helper /usr/bin/git /usr/lib/git-core/git-remote-http /etc/ssl/certs/ca-certificates.crt
    local core=$work/helper/root/usr/lib/git-core
    ln -s git-remote-http "$core/git-remote-https"
    ln -s ../../bin/git "$core/git"
    make helper alpine/git <<-'END'
		FROM busybox
		COPY root /
	END
    add bash /bin/bash
    make bash with-bash <<-'END'
		FROM busybox
		COPY root /
	END
}

# gitlab-runner runs two programs in it by their names, from where the image is free to have them.
gitlab() {
    install -D "$gitlab_helper" "$work/gitlab/root/usr/bin/gitlab-runner-helper"
    install /dev/stdin "$work/gitlab/root/usr/bin/gitlab-runner-build" <<-'END'
		#!/bin/bash
		umask 0000
		exec bash
	END
    add gitlab /bin/bash
    make gitlab gitlab-runner-helper <<-'END'
		FROM alpine/git
		COPY root /
		CMD ["sh"]
	END
}

if [ -n "$gitlab_helper" ]; then
    gitlab
    exit
fi
docker image inspect busybox >/dev/null 2>&1 || docker import --change 'CMD ["sh"]' "$base" busybox >/dev/null
client
daemon
helper
