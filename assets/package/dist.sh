#!/bin/sh
# The tarball of a version, and a Debian package of the program. Both are the same bytes whatever
# folder they are made in: names are sorted, and times are that of the changelog, or
# SOURCE_DATE_EPOCH.
#
#   sh assets/package/dist.sh tar VERSION FILE      from the files that git knows, or all but build/
#   sh assets/package/dist.sh deb VERSION TREE FILE from what was installed into TREE, whose prefix
#                                                   is /usr; TREE becomes what the package holds
set -eu
umask 022
here=assets/package
export LC_ALL=C TZ=UTC

# Those that sign packages say so by the variables of Debian's own tools.
signed=$(sed -n 's/^ -- \(.*>\)  .*/\1/p' $here/changelog | head -n 1)
maintainer="${DEBFULLNAME:-${signed% <*}} <${DEBEMAIL:-$(echo "$signed" | sed 's/.*<\(.*\)>/\1/')}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s -d "$(sed -n 's/^ -- .*>  //p' $here/changelog |
    head -n 1)")}
export SOURCE_DATE_EPOCH

needs() {
    command -v "$1" > /dev/null && return
    echo "$1 is missing; on Debian: apt-get install $2" >&2
    exit 1
}

version=$2
if ! head -n 1 $here/changelog | grep -qF "lnscope ($version)"; then
    echo "$here/changelog does not begin with version $version: say there what has changed" >&2
    exit 1
fi

make_tar() {
    if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
        git ls-files -z
    else
        find . -path ./build -prune -o -type f -printf '%P\0'
    fi | sort -z | tar --null --no-recursion -T - --format=ustar --mtime="@$SOURCE_DATE_EPOCH" \
        --owner=0 --group=0 --numeric-owner --mode='u+rw,go=rX,a-s' \
        --transform="s,^,lnscope-$version/," -cf - | gzip -9n > "$1"
}

# Kilobytes, as dpkg counts them: a file rounded up, anything else one.
installed_size() {
    find "$1" -mindepth 1 -path "$1/DEBIAN" -prune -o -type f -printf '%s\n' -o -printf '1024\n' |
        awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }'
}

write_control() {
    cat <<EOF
Package: lnscope
Version: $version
Section: science
Priority: optional
Architecture: $(dpkg --print-architecture)
Maintainer: $maintainer
Installed-Size: $(installed_size "$1")
Depends: $2
Recommends: fonts-dejavu-core
Suggests: ffmpeg, asciinema
Description: terminal visualizer of gradient flow in small transformers
 lnscope trains two small transformers live, side by side, from the same
 initial weights on the same batches, by default with Pre-LN and Post-LN. It
 shows for every layer how large the gradient is while they learn, and what a
 warmup of the learning rate does about a gradient that vanishes.
 .
 It is made for lectures, for exploring depth, norms and their placement, and
 for recording terminal sessions.
EOF
}

make_deb() {
    tree=$1 stage=$(dirname "$1")
    needs dpkg-deb dpkg
    needs dpkg-shlibdeps dpkg-dev
    needs strip binutils
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree/usr/bin/lnscope"
    gzip -9nf "$tree/usr/share/man/man1/lnscope.1"
    install -d "$tree/usr/share/doc/lnscope" "$tree/DEBIAN" "$stage/debian"
    install -m 644 $here/copyright "$tree/usr/share/doc/lnscope/copyright"
    gzip -9nc $here/changelog > "$tree/usr/share/doc/lnscope/changelog.gz"
    printf 'Source: lnscope\n\nPackage: lnscope\nArchitecture: any\n' > "$stage/debian/control"
    depends=$(cd "$stage" && dpkg-shlibdeps -O "$(basename "$tree")/usr/bin/lnscope" |
        sed -n 's/^shlibs:Depends=//p')
    write_control "$tree" "$depends" > "$tree/DEBIAN/control"
    (cd "$tree" && find usr -type f | sort | xargs md5sum > DEBIAN/md5sums)
    find "$tree" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$2" > /dev/null
}

case $1 in
    tar) make_tar "$3" ;;
    deb) make_deb "$3" "$4" ;;
esac
