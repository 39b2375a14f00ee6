#!/bin/sh
# Plays every lesson and every demo on the virtual clock, for several seeds, and prints a line for
# each: how much of what it expects held, the time that it took, and below that what was measured.
# Fails where something does not hold, or is not recorded. Takes minutes; no part of `make check`.
#
#   tests/long.sh PROGRAM [SCRIPT...]      the built-in scripts of these names instead of all
#   SEEDS="1 2 3" tests/long.sh ...        for these seeds
set -eu
. "$(dirname "$0")/support/shell.sh"
program=$1
shift
seeds=${SEEDS:-1 2 3}
if [ $# -eq 0 ]; then
    set -- $(basename -s .lns "$(dirname "$0")"/../assets/lessons/*.lns \
        "$(dirname "$0")"/../assets/demos/*.lns | sed 's/^[0-9]*-//')
fi
failed=

# What a page for the class says of the measurements: "- measured: left.loss 1.26 \< 2.29", or
# "- measured, and **not** as expected: ..."
measured() {
    sed -n -e 's/^- measured: //p' -e 's/^- measured, and \*\*not\*\* as expected: /NOT: /p' "$1" |
        sed 's/\\//g'
}

printf '%-34s %4s  %-8s %6s\n' script seed held seconds
for script; do
    for seed in $seeds; do
        page=$folder/$script-$seed.md
        begin=$(date +%s)
        status=0
        "$program" record "$script" -o "$folder/$script-$seed.txt" --handout "$page" --no-config \
            --size 80x24 --fps 2 --seed "$seed" > "$folder/said" 2>&1 || status=$?
        end=$(date +%s)
        if [ -e "$page" ]; then
            expected=$(measured "$page" | wc -l)
            held=$(measured "$page" | grep -vc '^NOT: ') || true
            printf '%-34s %4s  %-8s %6s\n' "$script" "$seed" "$((held)) of $((expected))" \
                "$((end - begin))"
            measured "$page" | sed 's/^/    /'
        fi
        if [ "$status" -ne 0 ]; then
            sed "s/^/$script, seed $seed: /" "$folder/said"
            failed="$failed $script/$seed"
        fi
    done
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
