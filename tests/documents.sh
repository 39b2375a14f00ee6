#!/bin/sh
# The parts of man/lnscope.1 that follow from the program's tables, and those of src/README.md that
# follow from the tower and from what the files say of themselves, stand between markers; completions
# are files of their own. This writes them anew; with --check it changes nothing and fails where they
# differ.
#
#   tests/documents.sh [--check] [PROGRAM]
set -eu
. "$(dirname "$0")/support/generated.sh"
different=

# replace FILE WHAT OPENING CLOSING: what stands between the two lines, by the file `block`
replace() {
    if ! grep -qxF -e "$3" "$1" || ! grep -qxF -e "$4" "$1"; then
        echo "$1 has no lines '$3' and '$4' around its $2" >&2
        exit 1
    fi
    # The markers reach awk through the environment, where a backslash is a backslash.
    BLOCK="$folder/block" OPENING="$3" CLOSING="$4" awk '
        $0 == ENVIRON["CLOSING"] { inside = 0 }
        !inside { print }
        $0 == ENVIRON["OPENING"] {
            inside = 1
            while ((getline line < ENVIRON["BLOCK"]) > 0)
                print line
            close(ENVIRON["BLOCK"])
        }' "$1" > "$folder/whole"
    put "$1" "$2"
}

# put FILE WHAT: the file `whole` takes its place
put() {
    if cmp -s "$1" "$folder/whole"; then
        return
    fi
    if [ -n "$check" ]; then
        echo "$1: its $2 are out of date; make documents writes them" >&2
        diff "$1" "$folder/whole" >&2 || true
        different=yes
    else
        cat "$folder/whole" > "$1"
        echo "wrote the $2 of $1"
    fi
}

for list in keys commands script-commands views options settings presets events quantities claims; do
    "$program" list "$list" --format man > "$folder/block"
    replace man/lnscope.1 "$list" ".\\\" $list" ".\\\" /$list"
done

# What `make install` installs without running anything, as it would be in a cross build.
for shell in bash:lnscope zsh:_lnscope fish:lnscope.fish; do
    "$program" --completions "${shell%%:*}" > "$folder/whole"
    put "assets/completions/${shell#*:}" completions
done

# The tower, from the top floor down.
{ echo '```'; cat tests/tower.txt; echo '```'; } > "$folder/block"
replace src/README.md tower "<!-- tower -->" "<!-- /tower -->"

# One line a file, floor by floor: the first sentence of what it says of itself. A .c speaks for
# itself only where it has no header.
describe() {
    awk -v name="${1#src/}" '
        { sub(/^ ?\/?\*+ ?/, ""); text = text (NR > 1 ? " " : "") $0 }
        text ~ /(\.|;)( |$)|\*\// {
            sub(/(\.|;)( .*)?$/, "", text)
            sub(/ ?\*\/.*/, "", text)
            printf "%-28s %s\n", name, text
            exit
        }' "$1"
}
{
    echo '```'
    while read -r floor _; do
        for file in src/"$floor" src/"$floor"/*.[ch]; do
            [ -f "$file" ] || continue
            case $file in
                src/*/*.c) [ ! -e "${file%.c}.h" ] || continue ;;
            esac
            describe "$file"
        done
    done < tests/tower.txt
    echo '```'
} > "$folder/block"
replace src/README.md files "<!-- files -->" "<!-- /files -->"
[ -z "$different" ]
