#!/bin/sh
# The packages, as somebody else makes them: `make dist` in two folders of other names gives the same
# bytes, and so does `make deb` in what was unpacked there, without git; lintian finds nothing (Debian:
# lintian), and what the package holds runs. Builds the program twice: no part of `make check`.
#
#   sh tests/packages.sh
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
make=${MAKE:-make}
$make -s dist
for name in one a-folder-with-a-longer-name; do
    mkdir "$folder/$name"
    tar -xzf build/lnscope-*.tar.gz -C "$folder/$name"
    (cd "$folder/$name"/lnscope-* && $make -s dist deb > /dev/null)
    cmp build/lnscope-*.tar.gz "$folder/$name"/lnscope-*/build/lnscope-*.tar.gz
    mv "$folder/$name"/lnscope-*/build/lnscope_*.deb "$folder/$name.deb"
    rm -rf "${folder:?}/$name"
done
cmp "$folder/one.deb" "$folder/a-folder-with-a-longer-name.deb"
dpkg-deb -x "$folder/one.deb" "$folder/tree"
"$folder/tree/usr/bin/lnscope" run --no-config --steps 1 > "$folder/rows"
[ "$(wc -l < "$folder/rows")" = 3 ]
if command -v lintian > /dev/null; then
    lintian --allow-root --fail-on error,warning,info,pedantic "$folder/one.deb"
else
    echo "lintian is not here: it was not asked about the package"
fi
echo "packages: the same bytes from two folders"
