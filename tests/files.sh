#!/bin/sh
# Every writer of files while the system fails it, below the C library: strace makes single calls of
# the system fail, or kills the program in them. Whatever happens, the file is not there, or as it was,
# or whole; and nobody is told that all is well when it is not. Needs strace (Debian: strace).
#
#   sh tests/files.sh PROGRAM
#   EVERY=1 ...      every call of each kind fails with every error, instead of half a dozen of each with
#                    one, and close() too
#   KILLS=200 ...    so many programs are killed while they save one session after another (6)
set -eu
. "$(dirname "$0")/traced.sh"
begin "$1" "files were not tested while the system fails"
faults=0 kills=0
small="--no-config --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2"
printf '%s\n' "set layers 2" "set width 16" "set heads 2" "set ffn 32" "set context 8" "set batch 2" \
    "run until step 3" 'say "three"' > script.lns

# A writer a line: the option that names its file, the file, and the command; on the screen, the
# command that is typed there. Rows of labs and of trainings under way are added to a file that is
# there already: they come further down.
cat > writers <<EOF
-o f.csv run --steps 40 $small
-o f.jsonl run --steps 40 --format jsonl $small
--dump f.safetensors run --steps 2 --dump-step 1 $small
--export f.svg run --steps 3 $small
--export f.csv run --steps 30 $small
-o f.cast record script.lns --no-config --size 60x20
-o f.svg record script.lns --no-config --size 60x20
-o f.txt record script.lns --no-config --size 60x20
--figure f.svg lab --merge lab.jsonl
--captions f.vtt record script.lns --no-config --size 60x20 -o other.txt
--handout f.md record script.lns --no-config --size 60x20 -o other.txt
EOF
if "$program" run --steps 1 $small --export try.png > /dev/null 2>&1; then # with cairo and giflib
    cat >> writers <<EOF
--export f.png run --steps 3 $small
-o f.gif record script.lns --no-config --size 60x20
-o f.png record script.lns --no-config --size 60x20
EOF
fi
screen="on the screen"
! command -v script > /dev/null || cat >> writers << EOF
save f.session $screen
save-script f.lns $screen
export f.svg $screen
record f.cast $screen
EOF
"$program" lab --grid lr=1e-3,1e-2 --steps 5 $small -o lab.jsonl > /dev/null 2>&1

wrong() {
    echo "lnscope $words $option $file, $1: status $status, $2"
    cat -v said | tail -c 2000
    failed=yes
}

# run [PREFIX...]: the writer, behind the words that make it fail; what it says is in `said`. On the
# screen the command is typed ahead, and what went wrong stands there.
run() {
    status=0
    rm -f other.txt f-1.svg
    if [ "$words" = "$screen" ]; then
        printf ':%s%s %s\rqq' "$option" "${force:+!}" "$target" |
            TERM=xterm-256color script -qec "$* $program $small" /dev/null > said 2>&1 || status=$?
        [ -e "$target" ] || status=1
    else
        "$@" "$program" $words $option $target ${force-} > out 2> said < /dev/null || status=$?
    fi
}

# Whether the file is as it should be; on the screen no two are of the same moment.
is_whole() {
    case "$option $words" in
        "save $screen") "$program" --load "$file" --no-config --print-memory > out 2>&1 ;;
        "save-script $screen")
            rm -f other.txt
            "$program" record "$file" --no-config -o other.txt > out 2>&1
            ;;
        "export $screen") [ "$(tail -n 1 "$file")" = "</svg>" ] ;;
        "record $screen") [ -s "$file" ] && ! tail -n +2 "$file" | grep -qv '^\[.*\]$' ;;
        *) cmp -s "$file" whole ;;
    esac
}

# Who was killed leaves its temporary file, others only one that they name.
sweep() {
    for left in *.lnscope-??????; do
        [ -e "$left" ] || continue
        [ -n "${killed-}" ] || grep -qF "$left" said || wrong "$1" "$left is left and not named"
        rm -f "$left"
    done
}

# Whether the other file of a writer of two is what failed, while this one is whole.
is_other() {
    grep -q 'other.txt' said && is_whole
}

# Of a file that was not there before: it is not there, or it is whole and all is well.
expect_none() {
    if [ "$status" = 0 ] && ! is_whole; then
        wrong "$1" "and the file is not whole"
    elif [ "$status" != 0 ] && [ -e "$file" ] && ! is_other; then
        wrong "$1" "and there is a file"
    elif [ "$status" -gt 1 ] && [ -z "${killed-}" ]; then
        wrong "$1" "which is no status for a failure"
    fi
    rm -f "$file"
    sweep "$1"
}

# The numbers of the calls that fail: all of them, or half a dozen from the first to the last.
numbers() {
    awk -v all="$1" -v every="${EVERY-}" 'BEGIN {
        step = every || all <= 6 ? 1 : all / 6
        for (n = 1; n <= all; n += step) print int(n)
    }'
}

# What stands in the way of a name.
names() {
    long=$(printf '%0300d' 0)
    for target in nowhere/f "$long.csv" /sys/f folder /dev/full; do
        case $target in
            folder) mkdir folder ;;
            /sys/*) [ "$(stat -f -c %T /sys)" = sysfs ] || continue ;; # as any other folder
        esac
        run
        case $status in
            1 | 2) ;;
            *) wrong "into $target" "which is no failure" ;;
        esac
        [ "$(wc -l < said)" -ge 1 ] || wrong "into $target" "and nothing is said"
        sweep "into $target"
    done
    rmdir folder
    target=$file
    case "$option $words" in
        "-o run"*) ;; # rows wait for the reader of a pipe
        *)
            mkfifo "$file"
            run timeout 60
            [ "$status" = 1 ] || [ "$status" = 2 ] || wrong "into a pipe that nobody reads" "no failure"
            rm "$file"
            ;;
    esac
    echo old > "$file"
    run
    [ "$status" != 0 ] || wrong "onto a file" "which is replaced"
    [ "$(cat "$file")" = old ] || wrong "onto a file" "which is no longer as it was"
    rm "$file"
    ln -s nowhere/else "$file"
    run
    [ "$status" != 0 ] && [ -L "$file" ] || wrong "onto a link to nowhere" "which is replaced"
    rm "$file"
    sweep "onto files"
}

# The numbers of the calls that are to fail: of openat() those that make the temporary file, and those
# that come behind it.
calls_of() {
    case $1 in
        openat) grep 'openat(' trace | grep -n 'lnscope-[A-Za-z0-9]*"' | cut -d: -f1 ;;
        *) numbers "$(grep -c "$1(" trace || true)" ;;
    esac
}

# errors_of CALL N: the errors of its N-th call, what a disk, a quota, a file system or the limits of a
# process say: one of them in turn, and all where every call is to fail.
errors_of() {
    number=$2
    case $1 in
        write) set -- ENOSPC EIO EFBIG ;;
        openat) set -- EROFS EACCES EMFILE ENOSPC ;;
        *) set -- EIO ;;
    esac
    [ -n "${EVERY-}" ] || { shift $((number % $#)); set -- "$1"; }
    echo "$@"
}
# One that happened: a thread counts its calls for itself, and may not come to the N-th.
count_fault() {
    ! grep -q INJECTED trace || faults=$((faults + 1))
}
count_kill() {
    ! grep -q 'killed by SIGKILL' trace || kills=$((kills + 1))
}
kinds="openat write fsync link rename"
[ -z "${EVERY-}" ] || kinds="$kinds close"

while read -r option file words; do
    target=$file
    run
    [ "$status" = 0 ] && [ -s "$file" ] || wrong "as it is" "and no file"
    mv "$file" whole
    if [ "$words" != "$screen" ]; then
        names
        run sh -c 'ulimit -f 1; exec "$@"' sh
        expect_none "in files of one block"
    fi
    for call in $kinds; do
        run strace -f -qq -e signal=none -e trace=$call -o trace
        rm -f "$file"
        for n in $(calls_of $call); do
            for error in $(errors_of $call "$n"); do
                run strace -f -qq -e signal=none -e trace=$call -o trace \
                    -e inject=$call:error=$error:when="$n"
                count_fault
                # A word that could not be said is no fault of the file's; what has not arrived is.
                [ $call != fsync ] || [ "$status" != 0 ] || wrong "fsync $n fails" "and all is well"
                expect_none "$call $n fails with $error"
            done
            killed=yes force=--force
            echo old > old
            cp old "$file"
            run strace -f -qq -e trace=$call -o trace -e inject=$call:signal=SIGKILL:when="$n"
            count_kill
            if [ -e "$file" ] && ! is_whole && ! cmp -s "$file" old; then
                wrong "killed at $call $n" "and the file is neither old nor whole"
            fi
            rm -f "$file"
            sweep "killed"
            killed= force=
        done
    done
done < writers
# ---- rows that are added --------------------------------------------------------------------------
# Of a lab all rows that are in the file are whole, and --resume brings the rest.

option=-o file=rows.jsonl target=$file
words="lab --grid lr=1e-3,1e-2 --seeds 2 --steps 5 $small"
run
mv "$file" whole

# expect_rows WHAT
expect_rows() {
    if [ -e "$file" ] && [ -n "$(head -n -1 "$file" | grep -vxF -f whole)" ]; then
        wrong "$1" "and there is a row that is none"
    fi
    killed=yes
    sweep "$1"
    killed=
    words="$words --resume"
    run
    [ "$status" = 0 ] && is_whole || wrong "$1" "and --resume does not bring the rest"
    words=${words% --resume}
    rm -f "$file"
}
for call in $kinds ftruncate; do
    run strace -f -qq -e signal=none -e trace=$call -o trace
    rm -f "$file"
    for n in $(calls_of $call); do
        for error in $(errors_of $call "$n"); do
            run strace -f -qq -e signal=none -e trace=$call -o trace \
                -e inject=$call:error=$error:when="$n"
            count_fault
            [ "$status" != 0 ] || is_whole || wrong "$call $n" "and rows are missing"
            expect_rows "$call $n fails with $error"
        done
        run strace -f -qq -e trace=$call -o trace -e inject=$call:signal=SIGKILL:when="$n"
        count_kill
        expect_rows "killed at $call $n"
    done
done

# ---- on the screen, while it trains ---------------------------------------------------------------

if command -v script > /dev/null; then
    # Rows for others, two a step: the screen goes on without them, and says so, at the
    # latest at its end, with the status of a failure; those that are there are whole.
    option=--tee file=tee.jsonl words=$screen
    for error in ENOSPC EIO; do
        for n in 1 4; do
            typed_once "grep -q INJECTED trace" qq |
                TERM=xterm-256color script -qec "strace -f -qq -e signal=none -o trace -P $PWD/$file \
                    -e trace=write -e inject=write:error=$error:when=$n+ \
                    $program --tee $PWD/$file $small" /dev/null > said 2>&1 && wrong "$error" "all is well"
            faults=$((faults + 1))
            grep -q INJECTED trace || wrong "$error" "and no row was written"
            grep -aq "cannot be written" said || wrong "$error" "and nothing is said"
            [ "$(wc -l < "$file")" = $((2 * n - 2)) ] || wrong "$error" "and rows are lost"
            ! grep -qv '^{.*}$' "$file" || wrong "$error" "and there is half a row"
            rm -f "$file" trace
        done
    done

    # Killed while it saves, again and again, at moments that nobody chose.
    option=save file=f.session
    torn=0
    for n in $(seq "${KILLS:-6}"); do
        rm -f pid "$file"
        {
            for times in $(seq 200); do printf ':save! %s\r' "$file"; done
            typed_once "[ -e over ]" ''
        } | TERM=xterm-256color script -qec "sh -c 'echo \$\$ > pid; exec $program --no-config'" \
            /dev/null > said 2>&1 &
        typed_once "[ -e $file ]" ''
        sleep "0.0$((n % 10))"
        kill -KILL "$(cat pid)"
        : > over
        status=0
        wait $! || status=$?
        rm -f over
        if [ "$status" = 137 ]; then # as a shell says SIGKILL
            kills=$((kills + 1))
        else
            wrong "kill $n" "and it was not killed"
        fi
        is_whole || wrong "kill $n" "and the session cannot be loaded"
        for left in "$file".lnscope-??????; do
            [ ! -e "$left" ] || torn=$((torn + 1))
            rm -f "$left"
        done
    done
    echo "of ${KILLS:-6} kills at any moment $torn were in the middle of a save"
fi
[ -z "$failed" ] || exit 1
echo "files: $faults calls that failed and $kills kills, and no file was broken or lost"
