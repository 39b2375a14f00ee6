#!/bin/sh
# Long runs: many steps without a screen, and minutes of the screen at full speed. Their resident memory
# is looked at once a second, and must stay within 2 % of what it was after the first minute: within
# that minute the past and the saved states of six layers take up all that they may, on an otherwise
# idle machine that does 100 steps a second or more. Takes half an hour; no part of `make check`.
# Needs Linux (/proc), and for the screen script (Debian: bsdutils, util-linux).
#
#   sh tests/endurance.sh PROGRAM
#   STEPS=200000 MINUTES=20 ...      how many steps without a screen, how many minutes with one; 0: none
#   OPTIONS="--history 16" ...       further options of the screen
set -eu
. "$(dirname "$0")/support/shell.sh"
program=$(realpath "$1")
steps=${STEPS:-200000} minutes=${MINUTES:-20}
cd "$folder"
failed=

# follow PID SECONDS: a line for every second of the process, with its resident kilobytes, until it
# ends, or for so many seconds
follow() {
    second=0
    while [ "$second" -lt "$2" ] && sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" \
        2> /dev/null > now && [ -s now ]; do
        cat now
        second=$((second + 1))
        sleep 1
    done
}

# judge WHAT FROM < LINES: of what was looked at from the line FROM on, the least and the most
judge() {
    awk -v what="$1" -v from="$2" '
        NR == from { first = least = most = $1 }
        NR > from { least = $1 < least ? $1 : least; most = $1 > most ? $1 : most; last = $1 }
        END {
            if (NR <= from) { printf "%s: over within %d s, too short to be judged\n", what, NR; exit 1 }
            printf "%s: %d s, resident %.1f MB after %d s, then %.1f to %.1f, last %.1f\n", what, NR,
                first / 1024, from, least / 1024, most / 1024, last / 1024
            exit !(most <= 1.02 * first && least >= first / 1.02)
        }' || failed=yes
}

if [ "$steps" -gt 0 ]; then
    "$program" run --no-config --steps "$steps" --every 1000 --layers 2 --width 16 --heads 2 --ffn 32 \
        --context 8 --batch 2 --threads 2 -o rows.csv 2> said &
    run=$!
    follow $run 100000 > memory
    wait $run || { cat said; failed=yes; }
    [ "$(tail -n 1 rows.csv | cut -d, -f 1)" = "$steps" ] || { echo "the last step is missing"; failed=yes; }
    judge "$steps steps without a screen" $(($(wc -l < memory) < 240 ? $(wc -l < memory) / 4 : 60)) < memory
fi
if [ "$minutes" -gt 0 ] && command -v script > /dev/null; then
    mkfifo keys
    TERM=xterm-256color script -qefc "echo \$\$ > pid; exec '$program' --no-config --confirm off \
        --layers 6 --speed unlimited ${OPTIONS-}" /dev/null < keys > seen 2>&1 &
    screen=$!
    exec 3> keys
    wait_for "[ -s pid ]" || { echo "the screen did not begin" >&2; exit 1; }
    follow "$(cat pid)" $((60 * minutes)) > memory
    printf ':export end.csv\rqq' >&3
    wait $screen || { echo "the screen ended with status $?"; failed=yes; }
    exec 3>&-
    judge "the screen at full speed, up to step $(tail -n 1 end.csv | cut -d , -f 1)" 60 < memory
fi
[ -z "$failed" ]
