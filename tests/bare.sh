#!/bin/sh
# README's two commands in a bare Debian: a tree of a release that debootstrap makes, with git, make and
# gcc and nothing besides, a clean clone of what is committed here, and in it `make run`, until the
# picture is there and q has left it, and `make check`. Needs root, a network, debootstrap and the time
# that building and testing everything takes: no part of `make check`.
#
#   sh tests/bare.sh bookworm           Debian 12; trixie: 13
#   sh tests/bare.sh trixie run         one of the two commands
#   TREE=FOLDER ...                     a tree that stays, and is made where it is not there
#   MIRROR=URL ...                      where Debian is fetched from
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
release=${1:?bookworm or trixie}
shift
[ $# -gt 0 ] || set -- run check

# Mounts of its own, which are gone with it.
if [ -z "${BARE_MOUNTS-}" ]; then
    command -v debootstrap > /dev/null || { echo "debootstrap is not here: apt-get install debootstrap"; exit 1; }
    [ "$(id -u)" = 0 ] || { echo "only root can make a tree"; exit 1; }
    BARE_MOUNTS=1 OWN_FOLDER=$folder exec unshare --mount --pid --fork --kill-child \
        sh tests/bare.sh "$release" "$@"
fi

tree=${TREE:-$folder}
[ -x "$tree/usr/bin/git" ] || debootstrap --variant=minbase --include=git,make,gcc "$release" "$tree" \
    "${MIRROR:-http://deb.debian.org/debian}"
mount -t proc proc "$tree/proc"
mount -t sysfs -o ro sysfs "$tree/sys"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts"
mount --bind "$tree/dev/pts/ptmx" "$tree/dev/ptmx"
mount -t tmpfs tmpfs "$tree/tmp"
rm -rf "$tree/root/lnscope"
git clone -q --no-hardlinks . "$tree/root/lnscope"

# inside WORDS...: in the tree and in the clone, as somebody who has just logged in
inside() {
    chroot "$tree" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm-256color \
        sh -c 'cd /root/lnscope && exec "$@"' sh "$@"
}

# The words on a terminal; q is typed when the program is on the screen.
on_screen() {
    log=$tree/root/typescript
    : > "$log"
    {
        until grep -q '1049h' "$log" || [ -e "$log.over" ]; do sleep 1; done
        printf 'qq'
        until [ -e "$log.over" ]; do sleep 1; done
    } | {
        status=0
        inside script -qefc "$1" /root/typescript > /dev/null || status=$?
        : > "$log.over"
        exit $status
    }
    grep -q '1049h' "$log"
}

for command in "$@"; do
    case $command in
        run) on_screen "make run" || { tail -n 20 "$tree/root/typescript"; exit 1; } ;;
        check) inside make check ;;
        *) echo "$command: run or check" && exit 1 ;;
    esac
    rm -f "$tree/root/typescript.over"
    echo "bare $release: make $command is good"
done
