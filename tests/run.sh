#!/bin/sh
# Runs test programs, one more at a time than the machine has cores, all of them whatever fails. The
# output of each is printed when it is over, so that it stays together; at the end those that failed
# are named.
#
# No test takes longer than an hour, whatever it waits for, where `timeout` is there to see to it; in
# an emulator, which is some fifty times as slow, four hours.
#
#   tests/run.sh PROGRAM TEST...       the program under test; the tests
#   RUNNER="qemu-aarch64-static" ...   what runs them, where the machine cannot
set -u
. "$(dirname "$0")/support/shell.sh"
program=$1
shift
runner=${RUNNER-}
limit=3600
[ -z "$runner" ] || limit=14400
! command -v timeout > /dev/null || runner="timeout --foreground -k 10 $limit $runner"
leaks=$(cd "$(dirname "$0")" && pwd)/leaks.txt
export LSAN_OPTIONS="suppressions=$leaks:print_suppressions=0"
export LNSCOPE="$program" XDG_CONFIG_HOME=/nonexistent FOLDER="$folder" RUNNER="$runner"

printf '%s\n' "$@" | xargs -P "$(($(nproc 2>/dev/null || echo 1) + 1))" -n 1 sh -c '
    log=$FOLDER/$(echo "$1" | tr / _)
    $RUNNER "$1" > "$log" 2>&1 || echo "$1" >> "$FOLDER/failed"
    until mkdir "$FOLDER/printing" 2>/dev/null; do sleep 0.1; done
    echo "== $1"
    cat "$log"
    rmdir "$FOLDER/printing"' test
[ ! -e "$folder/failed" ] || { echo "failed: $(tr "\n" " " < "$folder/failed")"; exit 1; }
