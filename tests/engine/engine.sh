#!/usr/bin/env bash
# engine.sh: a Docker engine for tests, apart from any other on the machine.
#
# usage: engine.sh start              starts it and waits until it answers
#        engine.sh env                prints what a shell needs: eval "$(engine.sh env)"
#        engine.sh run COMMAND...     runs a program where the engine runs
#        engine.sh trust HOST CA.pem  lets docker, podman, buildah and skopeo trust a CA for HOST[:PORT]
#        engine.sh mirror [URL]       lets it ask URL for the images of Docker Hub; without URL, no more
#        engine.sh stop               stops it and removes all that it made
#
# environment:
#   ENGINE_DIR    its files and its socket; at most 60 characters (default /tmp/berth-engine)
#   ENGINE_OWNER  a process; when that ends the engine is stopped, whatever happened
#
# Needs root, and the packages of packages.sh, but no systemd. The engine is process 1 of a PID
# namespace, so that the kernel ends all its containers with it. In its mount namespace /etc and
# /run are copies that take writes: nothing that clients configure there reaches the host. It has
# the host's network, so that "localhost" is the same for both.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
directory=${ENGINE_DIR:-/tmp/berth-engine}
socket=$directory/docker.sock

say() { echo "engine: $*" >&2; }
die() { say "$*"; exit 1; }

# within SECONDS COMMAND...: whether the command succeeds at last
within() {
    local tries=$(($1 * 20))
    shift
    while ((tries-- > 0)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.05
    done
    return 1
}

# Its process 1, by its number outside; a number may have gone to another process since.
init() {
    local pid
    pid=$(cat "$directory/pid" 2>/dev/null) && grep -qzxF "$directory" "/proc/$pid/cmdline" 2>/dev/null && echo "$pid"
}
is_gone() { ! init >/dev/null; }

inside() {
    local pid
    pid=$(init) || die "it does not run; see $directory/log"
    # Of the caller's directory there may be no copy inside: / is everywhere.
    nsenter --target "$pid" --mount --pid --root --wdns=/ -- "$@"
}

docker() { /usr/bin/docker --host "unix://$socket" "$@"; }

# --- network: a bridge whose number, made in one step, claims its addresses

claim_network() {
    local number
    for number in {201..239}; do
        ! ip -4 -o addr | grep -q " 10\.$number\." || continue
        # Without an address of its own it takes one of its ports', and another when that container ends:
        # the other containers go on for seconds to send to the old one, and reach nothing.
        if ip link add "berth$number" address "$(printf '02:42:0a:%02x:00:01' "$number")" type bridge 2>/dev/null; then
            echo "$number" >"$directory/number"
            return
        fi
    done
    die "no network is free between 10.201.0.0/16 and 10.239.0.0/16"
}

network_up() {
    local number=$1 uplink mtu=1500
    uplink=$(ip -o route show default | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
    # A larger packet than the uplink takes would be lost on the way to it.
    if [ -n "$uplink" ]; then mtu=$(cat "/sys/class/net/$uplink/mtu"); fi
    echo $((mtu < 1500 ? mtu : 1500)) >"$directory/mtu"
    ip addr add "10.$number.0.1/24" dev "berth$number"
    ip link set "berth$number" mtu "$(cat "$directory/mtu")" up
    # dockerd runs without iptables: two that keep its chain DOCKER empty it for one another.
    iptables -w -N "BERTH-$number"
    iptables -w -A "BERTH-$number" -s "10.$number.0.0/16" -j ACCEPT
    iptables -w -A "BERTH-$number" -d "10.$number.0.0/16" -j ACCEPT
    iptables -w -I FORWARD -j "BERTH-$number"
    iptables -w -t nat -A POSTROUTING -s "10.$number.0.0/16" ! -d "10.$number.0.0/16" -j MASQUERADE
}

network_down() {
    local number=$1 link
    iptables -w -t nat -D POSTROUTING -s "10.$number.0.0/16" ! -d "10.$number.0.0/16" -j MASQUERADE || true
    iptables -w -D FORWARD -j "BERTH-$number" || true
    iptables -w -F "BERTH-$number" || true
    iptables -w -X "BERTH-$number" || true
    # Bridges of docker's own networks are known by their addresses.
    for link in $(ip -4 -o addr | awk -v net="10.$number." 'index($4, net) == 1 {print $2}') "berth$number"; do
        ip link del "$link" || true
    done
} 2>/dev/null

# --- the engine's insides

write_configuration() {
    local number=$1 runtime='{}'
    # Without this capability (bit 24 of the set) runc can't start privileged containers.
    if ((!(0x$(awk '/^CapBnd/ {print $2}' /proc/self/status) >> 24 & 1))); then
        runtime=$(jq -n --arg path "$here/runc-without-sys-resource" '{runtimes: {without: {path: $path}}, "default-runtime": "without"}')
    fi
    jq -n --arg dir "$directory" --arg number "$number" --argjson mtu "$(cat "$directory/mtu")" --argjson runtime "$runtime" '{
        hosts: ["unix://\($dir)/docker.sock"],
        "data-root": "\($dir)/docker", "exec-root": "\($dir)/exec", pidfile: "\($dir)/docker.pid",
        bridge: "berth\($number)", mtu: $mtu, iptables: false, ip6tables: false,
        "default-address-pools": [{base: "10.\($number).128.0/17", size: 24}],
        "cgroup-parent": "/berth\($number)", "exec-opts": ["native.cgroupdriver=cgroupfs"]
    } + $runtime' >"$directory/daemon.json"
}

# A copy of a folder, in memory, that takes writes; nothing of them is seen outside.
cover() {
    local upper=$directory/covers/${1//\//_}
    mkdir -p "$upper/upper" "$upper/work"
    mount -t overlay -o "lowerdir=$1,upperdir=$upper/upper,workdir=$upper/work" overlay "$1"
}

mount_control_groups() {
    # crun refuses a second hierarchy beside those of version 1.
    if grep -q ' /sys/fs/cgroup/unified ' /proc/mounts; then umount /sys/fs/cgroup/unified; fi
    ! grep -q ' /sys/fs/cgroup' /proc/mounts || return 0
    # A bare machine may have none: version 2, unless the kernel has given its controllers to version 1.
    mount -t cgroup2 cgroup /sys/fs/cgroup
    ! grep -qw memory /sys/fs/cgroup/cgroup.controllers || return 0
    umount /sys/fs/cgroup
    mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
    local name
    while read -r name; do
        mkdir "/sys/fs/cgroup/$name"
        mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name" || rmdir "/sys/fs/cgroup/$name"
    done < <(awk '!/^#/ && $4 == 1 {print $1}' /proc/cgroups)
}

# podman and buildah keep what they have in the engine's folder. Without control groups of their
# own and with the host's network, limits and log files they run on any machine that root has.
configure_podman() {
    cat >/etc/containers/storage.conf <<-END
		[storage]
		driver = "vfs"
		graphroot = "$directory/podman"
		runroot = "/run/berth-podman"
	END
    cat >/etc/containers/containers.conf <<-END
		[containers]
		cgroups = "disabled"
		netns = "host"
		log_driver = "k8s-file"
		default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=$(ulimit -Hu):$(ulimit -Hu)"]
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		runtime = "crun"
	END
}

remove_control_groups() {
    find /sys/fs/cgroup -depth -type d -path "*/berth$1*" -exec rmdir {} + 2>/dev/null || true
}

# Runs as process 1 of the namespaces.
serve() {
    local number
    number=$(cat "$directory/number")
    mkdir "$directory/covers"
    mount -t tmpfs -o mode=755 tmpfs "$directory/covers"
    cover /etc
    cover /run
    mount -t tmpfs tmpfs /dev/shm
    mount_control_groups
    configure_podman
    # dockerd would use another engine's containerd if it saw one.
    rm -f /run/containerd/containerd.sock
    dockerd --config-file "$directory/daemon.json" &
    # shellcheck disable=SC2064
    trap "kill $!" TERM
    until wait -n $!; [ ! -e "/proc/$!" ]; do :; done
    remove_control_groups "$number"
}

# --- verbs

start() {
    ((${#directory} <= 60)) || die "ENGINE_DIR is too long for the path of a socket"
    [ "$(id -u)" = 0 ] || die "it needs root"
    if ! is_gone; then
        die "it runs already in $directory"
    fi
    stop
    trap '[ $? = 0 ] || stop' EXIT
    mkdir -p "$directory/home"
    local number
    claim_network
    number=$(cat "$directory/number")
    network_up "$number"
    write_configuration "$number"
    setsid unshare --mount --pid --fork --kill-child --mount-proc "$here/engine.sh" serve "$directory" >"$directory/log" 2>&1 </dev/null &
    local outer=$!
    within 20 grep -q . "/proc/$outer/task/$outer/children" || { cat "$directory/log" >&2; die "it did not start"; }
    tr -d ' ' <"/proc/$outer/task/$outer/children" >"$directory/pid"
    within 60 docker version || { tail -n 20 "$directory/log" >&2; die "dockerd did not start"; }
    if [ -n "${ENGINE_OWNER:-}" ]; then
        setsid "$here/engine.sh" guard "$ENGINE_OWNER" >/dev/null 2>&1 </dev/null &
        echo $! >"$directory/guard"
    fi
}

stop() {
    [ -d "$directory" ] || return 0
    local pid number
    if pid=$(cat "$directory/guard" 2>/dev/null) && [ "$pid" != $$ ]; then
        # Its whole group: it waits by a child.
        kill -- "-$pid" 2>/dev/null || true
    fi
    if pid=$(init); then
        kill "$pid"
        within 20 is_gone || kill -9 "$pid" || true
        within 5 is_gone || say "process $pid does not end"
    fi
    if number=$(cat "$directory/number" 2>/dev/null); then
        network_down "$number"
        remove_control_groups "$number"
    fi
    rm -rf --one-file-system "$directory"
}

trust() {
    inside sh -c "for of in docker containers; do mkdir -p /etc/\$of/certs.d/$1 && cp '$(realpath "$2")' /etc/\$of/certs.d/$1/ca.crt; done"
}

mirror() {
    local mirrors
    mirrors=$(jq -nc --arg url "$1" '[$url | select(. != "")]')
    jq --argjson mirrors "$mirrors" '."registry-mirrors" = $mirrors' "$directory/daemon.json" >"$directory/daemon.json.new"
    mv "$directory/daemon.json.new" "$directory/daemon.json"
    inside kill -HUP "$(cat "$directory/docker.pid")"
    within 10 has_mirror "$1" || die "it did not take over $1"
}
has_mirror() { [ "$(docker info --format '{{range .RegistryConfig.Mirrors}}{{.}}{{end}}')" = "${1:+${1%/}/}" ]; }

case ${1:-} in
start | stop) "$1" ;;
run) shift; inside "$@" ;;
trust) trust "${2:?HOST is missing}" "${3:?CA.pem is missing}" ;;
mirror) mirror "${2:-}" ;;
env)
    number=$(cat "$directory/number" 2>/dev/null) || die "it does not run"
    echo "export ENGINE_DIR=$directory ENGINE_IP=10.$number.0.1 ENGINE_PID=$(init)"
    echo "export DOCKER_HOST=unix://$socket DOCKER_CONFIG=$directory/home/.docker"
    ;;
serve) serve ;;
guard) tail --pid="$2" -f /dev/null; stop ;;
*) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
