#!/bin/sh
# dockerd-entrypoint.sh: starts the daemon in a privileged container, as the entrypoint of Docker's
# image `docker:dind` is documented to.
#
# With DOCKER_TLS_CERTDIR it makes a CA and the certificates of server and client below it and
# listens on port 2376 for clients that have one (DOCKER_TLS_SAN adds names to the server's, such as
# DNS:name); without, on port 2375 for anyone. Flags are dockerd's.
set -eu

# certificate ROLE EXTENSIONS: a key and a certificate in the folder of that role, signed by the CA
certificate() {
    mkdir -p "$certificates/$1"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=docker:dind $1" \
        -keyout "$certificates/$1/key.pem" -out /tmp/request.pem 2>/dev/null
    printf '%s\n' "$2" >/tmp/extensions
    # The client looks for all three; the certificate comes last.
    cp "$certificates/ca/cert.pem" "$certificates/$1/ca.pem"
    openssl x509 -req -in /tmp/request.pem -CA "$certificates/ca/cert.pem" -CAkey "$certificates/ca/key.pem" \
        -set_serial "0x$(openssl rand -hex 12)" -days 800 -extfile /tmp/extensions -out "$certificates/$1/cert.pem" 2>/dev/null
}

make_certificates() {
    mkdir -p "$certificates/ca"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=docker:dind CA' -days 800 \
        -keyout "$certificates/ca/key.pem" -out "$certificates/ca/cert.pem" 2>/dev/null
    names="DNS:docker,DNS:localhost,DNS:$(hostname),IP:127.0.0.1,IP:::1"
    for address in $(hostname -i); do
        names=$names,IP:$address
    done
    certificate server "extendedKeyUsage=serverAuth
subjectAltName=$names${DOCKER_TLS_SAN:+,$DOCKER_TLS_SAN}"
    certificate client extendedKeyUsage=clientAuth
    rm -f /tmp/request.pem /tmp/extensions
}

case ${1:-} in
'' | -*)
    certificates=${DOCKER_TLS_CERTDIR:-}
    if [ -n "$certificates" ]; then
        [ -s "$certificates/server/cert.pem" ] || make_certificates
        set -- --host=tcp://0.0.0.0:2376 --tlsverify --tlscacert="$certificates/server/ca.pem" \
            --tlscert="$certificates/server/cert.pem" --tlskey="$certificates/server/key.pem" "$@"
    else
        # Said in so many words, dockerd does not wait to warn of it.
        set -- --host=tcp://0.0.0.0:2375 --tls=false "$@"
    fi
    ;;
dockerd) shift ;;
*) exec docker-entrypoint.sh "$@" ;;
esac

# In control groups of version 2 a group that has processes can't hand controllers down.
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p /sys/fs/cgroup/entrypoint
    while read -r pid; do
        echo "$pid" >/sys/fs/cgroup/entrypoint/cgroup.procs 2>/dev/null || true
    done </sys/fs/cgroup/cgroup.procs
    for name in $(cat /sys/fs/cgroup/cgroup.controllers); do
        echo "+$name" >/sys/fs/cgroup/cgroup.subtree_control || true
    done
fi
if ! iptables -w -nL >/dev/null 2>&1; then
    for name in iptables ip6tables; do
        ln -sf xtables-legacy-multi "/usr/sbin/$name"
    done
fi
# Bit 24 is the capability that privileged containers need; see runc-without-sys-resource.
bounding=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
if [ $((0x$bounding >> 24 & 1)) = 0 ]; then
    set -- --add-runtime without=/usr/local/bin/runc-without-sys-resource --default-runtime without "$@"
fi
rm -f /var/run/docker.pid
exec docker-init -- dockerd --host=unix:///var/run/docker.sock "$@"
