#!/bin/sh
# The direction of dependencies: main -> cli -> {ui, script} -> train -> core -> base, and the few
# libraries that only one place may know. Run from the top folder; says what is wrong and where.
set -eu

wrong=0

complain() {
    echo "forbidden: $1"
    wrong=1
}

# folder, and the folders it may include from
while read -r folder allowed; do
    found=$(grep -nE '^#include "' src/"$folder"/*.[ch] |
        grep -vE "\"($allowed)/" || true)
    [ -z "$found" ] || complain "src/$folder may include only from: $allowed
$found"
done <<'TABLE'
base base
core core|base
train train|core|base
ui ui|train|core|base
script script|ui|train|core|base
cli cli|script|ui|train|core|base
TABLE

found=$(grep -nE '^#include "(ui)/' src/script/*.[ch] | grep -vE '"ui/(canvas|theme)\.h"' || true)
[ -z "$found" ] || complain "script knows of ui only the canvas and the theme
$found"

# pattern, the only place, and why
only() {
    found=$(grep -rnE "$1" src --include='*.[ch]' | grep -vE "^src/($2)" || true)
    [ -z "$found" ] || complain "only $2 may have $1
$found"
}
only '#include <(n?curses|cursesw|term)' 'ui/terminal\.c'
only '#include <(openblas/)?cblas' 'core/blas\.c'
only '#include <pthread' 'train/'
only '#include <(cjson/)?cJSON' 'base/safetensors_read\.c'
only 'asset_[a-z]+' 'train/'

found=$(grep -nE '#include <(stdio|pthread|unistd|fcntl|time)\.h>' src/core/*.[ch] || true)
[ -z "$found" ] || complain "the core does no input, output, threads or clocks
$found"

[ "$wrong" = 0 ] && echo "includes: all in the right direction"
exit "$wrong"
