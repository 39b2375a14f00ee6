#!/bin/sh
# The parts of README.md and man/lnscope.1 that follow from the program's tables stand between
# markers. This writes them anew; with --check it changes nothing and fails where they differ.
#
#   tests/documents.sh [--check] [PROGRAM]
set -eu
cd "$(dirname "$0")/.."

check=
if [ "${1-}" = --check ]; then
    check=yes
    shift
fi
program=${1:-build/lnscope}
case $program in
    */*) ;;
    *) program=./$program ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
different=

# replace FILE FORMAT LIST OPENING CLOSING: what stands between the two lines
replace() {
    "$program" list "$3" --format "$2" > "$folder/block"
    if ! grep -qxF -e "$4" "$1" || ! grep -qxF -e "$5" "$1"; then
        echo "$1 has no lines '$4' and '$5' around its $3" >&2
        exit 1
    fi
    # The markers reach awk through the environment, where a backslash is a backslash.
    BLOCK="$folder/block" OPENING="$4" CLOSING="$5" awk '
        $0 == ENVIRON["CLOSING"] { inside = 0 }
        !inside { print }
        $0 == ENVIRON["OPENING"] {
            inside = 1
            while ((getline line < ENVIRON["BLOCK"]) > 0)
                print line
            close(ENVIRON["BLOCK"])
        }' "$1" > "$folder/whole"
    if cmp -s "$1" "$folder/whole"; then
        return
    fi
    if [ -n "$check" ]; then
        echo "$1: its $3 differ from the program's; make documents writes them" >&2
        diff "$1" "$folder/whole" >&2 || true
        different=yes
    else
        cat "$folder/whole" > "$1"
        echo "wrote the $3 of $1"
    fi
}

for list in keys settings; do
    replace README.md markdown "$list" "<!-- $list -->" "<!-- /$list -->"
    replace man/lnscope.1 man "$list" ".\\\" $list" ".\\\" /$list"
done
[ -z "$different" ]
