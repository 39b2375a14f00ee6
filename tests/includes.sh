#!/bin/sh
# The direction of includes: a file may include from its own floor of the tower and from those below
# it, never from one above. The floors, from the top down, are the lines of tests/tower.txt. Besides,
# the few libraries that only one place may know, and that nothing points in a circle.
#
#   sh tests/includes.sh [FOLDER]     the folder that src and tests are in; says what is wrong
set -eu
cd "${1:-.}"

wrong=0

complain() {
    echo "forbidden: $1"
    wrong=1
}

# Every include of the project's own files, as "FLOOR FILE:LINE INCLUDED-FLOOR INCLUDED".
includes() {
    grep -nE '^#include "' src/*.c src/*/*.[ch] |
        sed -E 's|^src/(([^/:]*)[^:]*:[0-9]+):#include "(([^/"]*)[^"]*)".*|\2 src/\1 \4 \3|'
}

found=$(includes | awk '
    NR == FNR { rank[$1] = FNR; next }
    !($1 in rank) { print $2 ": " $1 " is no floor of tests/tower.txt"; next }
    !($3 in rank) || rank[$3] < rank[$1] { print $2 " includes " $4 }' tests/tower.txt -)
[ -z "$found" ] || complain "includes from a floor above
$found"

for folder in src/*/; do
    name=$(basename "$folder")
    grep -q "^$name " tests/tower.txt || complain "$folder is no floor of tests/tower.txt"
done

# Lines "A B", A including B: complains of those that do so in a circle.
circles() {
    found=$(tsort 2>&1 >/dev/null | sed -n 's|^tsort: \([^-].*\)|src/\1|p' | tr '\n' ' ')
    [ -z "$found" ] || complain "$1 that include each other: $found"
}
circles headers <<EOF
$(grep -HoE '^#include "[^"]+"' src/*/*.h | sed -E 's|^src/([^:]*):#include "(.*)"|\1 \2|')
EOF
# On these floors not even by way of a .c file.
circles modules <<EOF
$(grep -HoE '^#include "[^"]+"' src/tasks/*.[ch] src/train/*.[ch] src/claims/*.[ch] src/cli/*.[ch] |
    sed -E 's|^src/([^:]*)\.[ch]:#include "(.*)\.h"|\1 \2|' | awk '$1 != $2')
EOF

# pattern, the only place, and why
only() {
    found=$(grep -rnE "$1" src --include='*.[ch]' | grep -vE "^src/($2)" || true)
    [ -z "$found" ] || complain "only $2 may have $1
$found"
}
only '#include <(n?curses|term\.h)' 'screen/terminal(_keys\.c|_looks\.[ch]|\.c)'
only '#include <(openblas/)?cblas' 'core/blas\.c'
only '#include <mpi' 'lab/lab_mpi\.c'
only '#include <pthread' 'train/(trainer_work|trainer|team|wait)\.[ch]'
only '#include <(cjson/)?cJSON' 'base/safetensors_read\.c'
only 'asset_[a-z]+' '(tasks|script)/|claims/claim_file\.c|cli/command_hook\.c'

found=$(grep -nE '#include <(stdio|pthread|unistd|fcntl|time)\.h>' src/core/*.[ch] || true)
[ -z "$found" ] || complain "the core does no input, output, threads or clocks
$found"

[ "$wrong" = 0 ] && echo "includes: all in the right direction"
exit "$wrong"
