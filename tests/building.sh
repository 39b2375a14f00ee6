#!/bin/sh
# Building and installing, as they are met on other machines: what a machine without the libraries
# is told, what is installed, and that the program is hardened.
#
#   sh tests/building.sh PROGRAM
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
program=$1
cc=${CC:-cc}
make=${MAKE:-make}
failed=

# A machine of our own: the tools that make needs, and an apt-get, an id and a sudo that do as told.
mkdir "$folder/bin" "$folder/hidden"
for tool in sh env make pkg-config cmp mkdir cat grep rm nproc; do
    ln -s "$(command -v "$tool")" "$folder/bin/$tool"
done
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "${cc##* }")" > "$folder/bin/cc"
printf '#!/bin/sh\necho "${USER_NUMBER-0}"\n' > "$folder/bin/id"
printf '#!/bin/sh\necho "$*" >> "%s"\nexit 100\n' "$folder/asked" > "$folder/bin/apt-get"
printf '#!/bin/sh\n[ "$1" != -n ] || exit 1\nexec "$@"\n' > "$folder/sudo"
chmod +x "$folder/bin/cc" "$folder/bin/id" "$folder/bin/apt-get" "$folder/sudo"
for header in time curses cblas; do
    mkdir "$folder/hidden/$header"
    echo '#error not here' > "$folder/hidden/$header/$header.h"
done

# on_machine WORDS...: make, there; what it says is in the file `said`
on_machine() {
    : > "$folder/asked"
    env -u MAKEFLAGS -u MFLAGS -u SANITIZER -u REAL PATH="$folder/bin" make CC=cc \
        BUILD="$folder/build" "$@" > "$folder/said" 2>&1 < /dev/null
}

expect() {
    grep -qF -e "$1" "$folder/said" && return
    echo "make does not say: $1"
    cat "$folder/said"
    failed=yes
}

expect_not() {
    ! grep -qF -e "$1" "$folder/said" && return
    echo "make says: $1"
    cat "$folder/said"
    failed=yes
}

# refuses WORDS...: make fails there
refuses() {
    ! on_machine "$@" && return
    echo "make $* does not fail"
    cat "$folder/said"
    failed=yes
}

needed="apt-get install gcc libc6-dev pkg-config libncurses-dev libopenblas-dev"
useful="libcjson-dev libinih-dev libcairo2-dev libgif-dev"
modules="libcjson inih cairo libgif"

# Plain make installs nothing, and says what is essential before the compiler stumbles.
refuses CPPFLAGS="-I$folder/hidden/time"
expect "lnscope cannot be built without: a C compiler with the headers of the C library"
expect "    $needed $useful"
expect_not "not here"
[ ! -s "$folder/asked" ] || { echo "plain make asked apt-get"; failed=yes; }
refuses CPPFLAGS="-I$folder/hidden/curses -I$folder/hidden/cblas"
expect "lnscope cannot be built without: ncurses, OpenBLAS."

# make run: root without a network, then with what is not essential missing.
refuses deps CPPFLAGS="-I$folder/hidden/curses"
expect "apt-get update did not fetch the lists of packages: is there a network?"
expect "apt-get could not install them."
expect "lnscope cannot be built without: ncurses."
expect "    $needed"
grep -q "^update" "$folder/asked" || { echo "apt-get update was not asked"; failed=yes; }
on_machine deps PKG_CONFIG=false || { cat "$folder/said"; failed=yes; }
expect "Missing, but not essential: $modules."
on_machine deps PKG_CONFIG=false WITHOUT="$modules" || failed=yes
expect_not "Missing"

# Nobody who is not root is asked for a password where there is no terminal, nor without sudo.
for sudo in "" "sudo "; do
    [ -z "$sudo" ] || mv "$folder/sudo" "$folder/bin/sudo"
    USER_NUMBER=1000 refuses deps-check PKG_CONFIG=false
    expect "The tests need: $modules cmocka vterm."
    expect "    $sudo$needed $useful libcmocka-dev libvterm-dev"
    [ ! -s "$folder/asked" ] || { echo "apt-get was asked"; failed=yes; }
done

# Installing runs nothing, and uninstalling leaves nothing.
$make -s install DESTDIR="$folder/tree" PREFIX=/usr > /dev/null
share=$folder/tree/usr/share
for shell in bash:bash-completion/completions/lnscope zsh:zsh/site-functions/_lnscope \
    fish:fish/vendor_completions.d/lnscope.fish; do
    "$program" --completions "${shell%%:*}" | cmp - "$share/${shell#*:}" || failed=yes
done
cmp man/lnscope.1 "$share/man/man1/lnscope.1" || failed=yes
[ -x "$folder/tree/usr/bin/lnscope" ] || { echo "the program is not installed"; failed=yes; }
$make -s uninstall DESTDIR="$folder/tree" PREFIX=/usr
[ -z "$(find "$folder/tree" -type f)" ] || { find "$folder/tree" -type f; failed=yes; }

# What a fault in memory meets.
if command -v readelf > /dev/null && readelf -h "$program" > "$folder/header" 2> /dev/null &&
    [ -z "${SANITIZER-}" ]; then
    readelf -lWd "$program" > "$folder/segments"
    readelf -sW "$program" > "$folder/symbols"
    grep -q 'Type: *DYN' "$folder/header" || { echo "no PIE"; failed=yes; }
    grep -q GNU_RELRO "$folder/segments" || { echo "no RELRO"; failed=yes; }
    grep -q BIND_NOW "$folder/segments" || { echo "RELRO is not full"; failed=yes; }
    grep -q __stack_chk_fail "$folder/symbols" || { echo "no stack protector"; failed=yes; }
    grep -q '__[a-z]*printf_chk' "$folder/symbols" || { echo "no FORTIFY"; failed=yes; }
fi
[ -z "$failed" ] || exit 1
echo "building: as on other machines"
