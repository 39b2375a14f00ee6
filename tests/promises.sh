#!/bin/sh
# What the program promises of itself, as the system sees it: it opens no network connection, starts
# no program but ffmpeg, and writes only where it was told to. Needs strace (Debian: strace); the
# screen also needs script, and films ffmpeg.
#
#   sh tests/promises.sh PROGRAM
set -eu
. "$(dirname "$0")/traced.sh"
begin "$1" "what the program promises of itself was not tested"
mkdir home out
small="--layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2"
calls='socket,connect,bind,listen,execve,execveat,open,openat,creat,truncate,mknod,mknodat,mkdir,mkdirat,rmdir,rename
renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,chmod,fchmodat,chown,lchown,fchownat'
calls=$(echo "$calls" | tr '\n' ',' | sed 's/,$//')
watched="env HOME=$folder/home XDG_CONFIG_HOME= XDG_CACHE_HOME= TMPDIR= OPENBLAS_NUM_THREADS=1
    strace -f -qq -s 4096 -e signal=none -e trace=$calls -o trace"

# complain WHAT: where the file `found` says so
complain() {
    [ -s found ] || return 0
    echo "lnscope $words $1:"
    cut -c1-200 found
    failed=yes
}

# looks at the file `trace` of a command: all of it may write into out/, and nowhere else but to the
# terminal, to nothing, and to files without a name
look() {
    grep -E ' (socket|connect|bind|listen)\(' trace > found ||
        true
    complain "uses the network"
    grep -E ' execve(at)?\(' trace | grep -v ENOENT |
        grep -vE " execve\(\"($program|[^\"]*/ffmpeg|/proc/self/exe)\"," > found || true
    complain "starts a program"
    grep -E ' (open|openat|creat|[a-z]*(truncate|mk|rmdir|rename|link|chmod|chown)[a-z0-9]*)\(' trace |
        grep -vE ' open(at)?\(.*, O_RDONLY' | grep -vE ' = -1 E(NOENT|EXIST)' |
        grep -vE '^[0-9]+ +[a-z0-9]+\((AT_FDCWD, )?"out/' |
        grep -vE '"/dev/(null|tty|pts/[0-9]+)"|"/tmp", O_RDWR\|O_EXCL\|O_TMPFILE' |
        grep -vE '"/tmp/lnscope-[A-Za-z0-9]{6}"' > found || true
    complain "writes where nobody told it"
    find . -mindepth 1 ! -path './out*' ! -name home ! -name trace ! -name found ! -name said \
        ! -name script.lns > found
    complain "leaves files"
}

# watch WORDS...: a command that succeeds
watch() {
    words=$*
    if ! $watched "$program" "$@" > said 2>&1 < /dev/null; then
        echo "lnscope $words fails"
        cat said
        failed=yes
    fi
    look
}

cat > script.lns <<EOF
set layers 2
set width 16
set heads 2
set ffn 32
set context 8
set batch 2
run until step 3
snapshot out/snapshot.svg
say "three"
EOF
films=
! command -v ffmpeg > /dev/null || films="-o out/film.mp4"

watch --version
watch list keys
watch block
watch run --steps 2 $small
watch run --steps 2 $small -o out/rows.csv --dump out/dump --dump-step 1 --export out/run.svg
watch lab --grid lr=1e-3,1e-2 --steps 2 $small -o out/lab.jsonl --figure out/map.svg
watch lab --merge out/lab.jsonl -o out/merged.jsonl
watch claims xiong-top-post
watch hook
watch record script.lns -o out/a.cast -o out/a.svg -o out/a.txt $films
if "$program" run --steps 1 $small --export out/try.png > said 2>&1; then # with cairo and giflib
    watch record script.lns -o out/a.png -o out/a.gif --captions out/a.vtt --force
fi
# on_screen WORDS...: the same on a terminal, with keys typed ahead from standard input
on_screen() {
    words="$* on the screen"
    env TERM=xterm-256color script -qec "$(echo "$watched" | tr '\n' ' ') '$program' $*" /dev/null \
        > said 2>&1 || { echo "lnscope $words fails"; cat said; failed=yes; }
    look
}

# there FILE...: what was asked for
there() {
    for file; do
        [ -s "$file" ] || { echo "lnscope $words: no $file"; failed=yes; }
    done
}

if command -v script > /dev/null; then
    {
        printf ':save out/session\r:export out/screen.svg\r:record out/screen.cast\r:record\r'
        printf ':save-script out/again.lns\r:lab warmup 0,2\rqq'
    } | on_screen $small --tee out/tee.jsonl
    there out/session out/screen.svg out/screen.cast out/again.lns out/tee.jsonl
    echo 'snapshot out/played.svg' >> script.lns
    typed_once "[ -e out/played.svg ]" qq | on_screen play script.lns --handout out/page.md --record out/play.cast
    there out/played.svg out/play.cast out/page.md
    "$program" run --no-config --steps 3 $small --format jsonl -o out/watched.jsonl
    printf ':export out/watched.svg\rqq' | on_screen watch out/watched.jsonl
    there out/watched.svg
fi
[ -z "$failed" ] || exit 1
echo "promises: no network, no programs, no files but those that were asked for"
