#!/bin/sh
# README's pictures of the program, made by `lnscope record`: writes those anew that have changed, and
# the kind of machine that they were made on, assets/pictures.machine. With --check it changes nothing,
# and fails where one differs; a machine of another kind has other roundings, so that there it only
# says that it cannot compare. README's map of warmups and its watched training are results of
# experiments, made by the commands that stand beside them.
#
#   CC=gcc tests/pictures.sh [--check] [PROGRAM]        the compiler that built it; without: cc
set -eu
. "$(dirname "$0")/support/generated.sh"
machine=assets/pictures.machine

# All x86-64 machines of today have these kernels; others have the ones that they choose.
if LNSCOPE_KERNELS=avx2 "$program" --version > /dev/null 2>&1; then
    export LNSCOPE_KERNELS=avx2 OPENBLAS_CORETYPE=Haswell
fi

# What the roundings of a number depend on.
kind() {
    echo "processor: $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2> /dev/null | head -n 1)"
    "$program" --version | sed -n -e 's/^\(kernels: [a-z0-9]*\).*/\1/p' -e '/^BLAS: /p'
    echo "C library: $(getconf GNU_LIBC_VERSION 2> /dev/null || uname -sr)"
    echo "compiler: $(${CC:-cc} -dumpmachine), version" \
        "$(echo __VERSION__ | ${CC:-cc} -E -P - | tr -d '"')"
}

# record NAME SCRIPT OPTION...
record() {
    picture=$1
    shift
    "$program" record "$@" -o "$folder/$picture" --no-config 2> "$folder/said" ||
        { cat "$folder/said" >&2; exit 1; }
}

kind > "$folder/machine"
if [ -n "$check" ] && ! cmp -s "$machine" "$folder/machine"; then
    echo "pictures: not compared, since they were made on another kind of machine ($machine):"
    diff "$machine" "$folder/machine" | sed -n -e 's/^</    there:/p' -e 's/^>/    here: /p'
    exit 0
fi

record story.svg story --size 100x30 --fps 10 --loop
record anatomy.svg anatomy --at 24
different=
for picture in story.svg anatomy.svg; do
    ! cmp -s "assets/$picture" "$folder/$picture" || continue
    different="$different assets/$picture"
    [ -n "$check" ] || cat "$folder/$picture" > "assets/$picture"
done
if [ -n "$check" ]; then
    [ -z "$different" ] || {
        echo "what the program draws is no longer in$different; make documents records it anew" >&2
        exit 1
    }
    echo "pictures: what the program draws"
elif [ -n "$different" ] || [ ! -e "$machine" ]; then
    cat "$folder/machine" > "$machine"
    echo "wrote$different $machine"
fi
