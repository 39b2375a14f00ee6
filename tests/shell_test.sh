#!/bin/sh
# A test of tests/support/shell.sh: a test passes its status on, and leaves no folder and no process
# behind, also when it is told to end while it waits for a command.
#
#   sh tests/shell_test.sh
set -eu
. "$(dirname "$0")/support/shell.sh"
command -v ps > /dev/null || { echo "ps is not here: what a test leaves behind was not looked at"; exit 0; }
mkdir "$folder/support"
cp "$(dirname "$0")/support/shell.sh" "$folder/support"
cat > "$folder/try.sh" <<'END'
. "$(dirname "$0")/support/shell.sh"
read word
echo "$word $folder" > "$1"
[ $# -gt 1 ] || exit 3
sleep 1000 &
echo $! >> "$1"
sh -c 'echo $$ >> "$1" && exec sleep 1000' sh "$1"
END

fail() {
    echo "shell: $1"
    exit 1
}

status=0
echo word | sh "$folder/try.sh" "$folder/said" || status=$?
[ "$status" = 3 ] || fail "status 3 comes out as $status"
read word own < "$folder/said"
[ "$word" = word ] || fail "standard input is not the test's"
[ ! -e "$own" ] || fail "the folder is left"

for signal in HUP TERM; do # one that is started behind a shell does not hear INT
    rm "$folder/said"
    echo word > "$folder/word"
    sh "$folder/try.sh" "$folder/said" long < "$folder/word" &
    try=$!
    wait_for "[ \$(wc -l < '$folder/said') = 3 ]" || fail "the test did not begin"
    kill -$signal "$try"
    ! wait "$try" || fail "SIG$signal was not heard"
    { read word own; read behind; read before; } < "$folder/said"
    [ ! -e "$own" ] || fail "the folder is left by SIG$signal"
    are_gone "$behind" || fail "a command behind the test goes on after SIG$signal"
    are_gone "$before" || fail "the command that the test waits for goes on after SIG$signal"
done
echo "shell: nothing is left of a test that ended"
