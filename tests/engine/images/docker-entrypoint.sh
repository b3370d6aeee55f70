#!/bin/sh
# docker-entrypoint.sh: finds the daemon for the docker client, as the entrypoint of Docker's image
# `docker` is documented to.
#
# Without DOCKER_HOST and without a socket of its own, the daemon is the container named `docker`:
# on port 2376 by TLS if client certificates are in $DOCKER_TLS_CERTDIR/client, else on port 2375.
# Arguments that begin with a flag or are a command of docker's are given to docker.
set -eu

client_certificates() {
    [ -n "${DOCKER_TLS_CERTDIR:-}" ] || return 1
    for name in ca cert key; do
        [ -s "$DOCKER_TLS_CERTDIR/client/$name.pem" ] || return 1
    done
}

if [ -z "${DOCKER_HOST:-}" ] && [ ! -S /var/run/docker.sock ]; then
    if client_certificates || [ -n "${DOCKER_TLS_VERIFY:-}" ]; then
        export DOCKER_HOST=tcp://docker:2376
    else
        export DOCKER_HOST=tcp://docker:2375
    fi
fi
if [ "${DOCKER_HOST#tcp:}" != "${DOCKER_HOST:-}" ] && [ "${DOCKER_HOST%:2375}" = "$DOCKER_HOST" ] \
    && [ -z "${DOCKER_TLS_VERIFY:-}${DOCKER_CERT_PATH:-}" ] && client_certificates; then
    export DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$DOCKER_TLS_CERTDIR/client"
fi

case ${1:-} in
'') set -- sh ;;
-*) set -- docker "$@" ;;
sh | bash | */*) ;;
*) if docker help "$1" >/dev/null 2>&1; then set -- docker "$@"; fi ;;
esac
exec "$@"
