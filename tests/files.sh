#!/bin/sh
# Every writer of files while the system fails it, below the C library: strace makes single calls of
# the system fail, or kills the program in them. Whatever happens, the file is not there, or as it was,
# or whole; and nobody is told that all is well when it is not. Needs strace (Debian: strace).
#
#   sh tests/files.sh PROGRAM
#   EVERY=1 ...      every call of each kind fails once, instead of a dozen of each
set -eu
. "$(dirname "$0")/traced.sh"
begin "$1" "files were not tested while the system fails"
faults=0 kills=0
small="--no-config --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2"
printf '%s\n' "set layers 2" "set width 16" "set heads 2" "set ffn 32" "set context 8" "set batch 2" \
    "run until step 3" 'say "three"' > script.lns

# A writer a line: the option that names its file, the file, and the command. The rows of a lab are
# written into their file and go on with --resume: tests/end_to_end/test_command_lab.c.
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
EOF
if "$program" run --steps 1 $small --export try.png > /dev/null 2>&1; then # with cairo and giflib
    cat >> writers <<EOF
--export f.png run --steps 3 $small
-o f.gif record script.lns --no-config --size 60x20
-o f.png record script.lns --no-config --size 60x20
EOF
fi
screen="on the screen"
! command -v script > /dev/null || echo "session f.session $screen" >> writers
"$program" lab --grid lr=1e-3,1e-2 --steps 5 $small -o lab.jsonl > /dev/null 2>&1

wrong() {
    echo "lnscope $words $option $file, $1: status $status, $2"
    cat said
    failed=yes
}

# run [PREFIX...]: the writer, behind the words that make it fail; what it says is in `said`. The
# screen saves a session, which is typed ahead, and says on itself what went wrong.
run() {
    status=0
    if [ "$words" = "$screen" ]; then
        printf ':save%s %s\rqq' "${force:+!}" "$target" |
            TERM=xterm-256color script -qec "$* $program $small" /dev/null > said 2>&1 || status=$?
        [ -e "$target" ] || status=1
    else
        "$@" "$program" $words $option $target ${force-} > out 2> said < /dev/null || status=$?
    fi
}

# Whether the file is as it should be; two sessions are at different steps.
is_whole() {
    if [ "$words" = "$screen" ]; then
        "$program" --load "$file" --no-config --print-memory > /dev/null 2>&1
    else
        cmp -s "$file" whole
    fi
}

# Who was killed leaves its temporary file, others only one that they name.
sweep() {
    for left in *.lnscope-??????; do
        [ -e "$left" ] || continue
        [ -n "${killed-}" ] || grep -qF "$left" said || wrong "$1" "$left is left and not named"
        rm -f "$left"
    done
}

# Of a file that was not there before: it is not there, or it is whole and all is well.
expect_none() {
    if [ "$status" = 0 ] && ! is_whole; then
        wrong "$1" "and the file is not whole"
    elif [ "$status" != 0 ] && [ -e "$file" ]; then
        wrong "$1" "and there is a file"
    elif [ "$status" -gt 1 ] && [ -z "${killed-}" ]; then
        wrong "$1" "which is no status for a failure"
    fi
    rm -f "$file"
    sweep "$1"
}

# The numbers of the calls that fail: all of them, or a dozen from the first to the last.
numbers() {
    awk -v all="$1" -v every="${EVERY-}" 'BEGIN {
        step = every || all <= 12 ? 1 : all / 12
        for (n = 1; n <= all; n += step) print int(n)
    }'
}

# What stands in the way of a name.
names() {
    long=$(printf '%0300d' 0)
    for target in nowhere/f "$long.csv" /sys/f folder; do
        case $target in folder) mkdir folder ;; esac
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
    for call in write fsync link rename; do
        run strace -f -qq -e signal=none -e trace=$call -o trace
        rm -f "$file"
        all=$(grep -c "$call(" trace || true)
        for n in $(numbers "$all"); do
            for error in ENOSPC EIO; do
                [ $call = write ] || [ $error = EIO ] || continue
                run strace -f -qq -e signal=none -e trace=$call -o trace \
                    -e inject=$call:error=$error:when="$n"
                faults=$((faults + 1))
                # A word that could not be said is no fault of the file's; what has not arrived is.
                [ $call != fsync ] || [ "$status" != 0 ] || wrong "fsync $n fails" "and all is well"
                expect_none "$call $n fails with $error"
            done
            killed=yes force=--force
            echo old > old
            cp old "$file"
            run strace -f -qq -e trace=$call -o trace -e inject=$call:signal=SIGKILL:when="$n"
            kills=$((kills + 1))
            if [ -e "$file" ] && ! is_whole && ! cmp -s "$file" old; then
                wrong "killed at $call $n" "and the file is neither old nor whole"
            fi
            rm -f "$file"
            sweep "killed"
            killed= force=
        done
    done
done < writers
[ -z "$failed" ] || exit 1
echo "files: $faults calls that failed and $kills kills, and no file was broken or lost"
