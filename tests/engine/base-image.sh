#!/usr/bin/env bash
# base-image.sh: packs the host's busybox into the root file system of an image, for builds that
# can't reach a registry.
#
# usage: base-image.sh FILE.tar
#
#        docker import --change 'CMD ["sh"]' FILE.tar busybox
#        podman import --change CMD=sh FILE.tar busybox
set -euo pipefail

file=${1:-}
if [ -z "$file" ]; then
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,etc,home,proc,sys,usr/bin,usr/sbin,var}
install -d -m 1777 "$root/tmp" "$root/var/tmp"
install -d -m 700 "$root/root"
busybox=$(command -v busybox)
cp "$busybox" "$root/bin/busybox"
# busybox-static has no libraries; Debian's other busybox has.
for library in $(ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*' || true); do
    cp --parents "$library" "$root"
done
for name in $(busybox --list); do
    [ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
done
ln -s ../../bin/env "$root/usr/bin/env"
printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false >"$root/etc/passwd"
printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
tar --numeric-owner --owner=0 --group=0 -C "$root" -cf "$file" .
