#!/bin/sh
# The lab under MPI, on this machine: the same bytes as from threads, whichever MPI and however many
# processes; what is left when a process is killed, and when all of them get a signal. Not part of
# `make check`, since it needs Open MPI or MPICH, and some time.
#
#   tests/mpi.sh [MPI...]        ompi-c, mpich; without: those that pkg-config finds
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
program=$PWD/build/lnscope
mpi_program=$PWD/build/lnscope-mpi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 XDG_CONFIG_HOME=/nonexistent

model="--layers 2 --width 16 --heads 2 --ffn 32 --context 16 --batch 4"
small="--grid warmup=0,10 --grid lr=1e-3,1e-2,1e-1 --seeds 1..2 --steps 60 $model"
long="--grid lr=1e-3,1e-2 --seeds 1..100 --steps 300 $model"

fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$folder/errors" ] || cat "$folder/errors" >&2
    exit 1
}

# run COUNT OPTION...: so many processes, with the MPI under test
run() {
    processes=$1
    shift
    case $mpi in
        ompi-c) mpirun.openmpi -n "$processes" --oversubscribe "$mpi_program" lab "$@" ;;
        *) mpirun.mpich -n "$processes" "$mpi_program" lab "$@" ;;
    esac
}

# The program's processes below another one.
workers() {
    for id in $(descendants "$1"); do
        [ "$(ps -o comm= -p "$id")" != lnscope-mpi ] || echo "$id"
    done
}

# wait_for_rows FILE ROWS: until a file has so many
wait_for_rows() {
    wait_for "[ -e '$1' ] && [ \$(wc -l < '$1') -gt $2 ]" || fail "$1 never had $2 rows"
}

only_whole_rows() {
    [ "$(sed -n '/^{.*}$/!p' "$1" | wc -l)" = 0 ] || fail "$1 has a row that is not whole"
}

same() {
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

try() {
    mpi=$1
    echo "== $mpi $(pkg-config --modversion "$mpi")"
    make -s MPI="$mpi" all mpi
    ! ldd "$program" | grep -q libmpi || fail "the ordinary program links MPI"
    rm -rf "$folder"/*
    for count in 1 2 4; do
        run "$count" $small -o "$folder/mpi$count.jsonl" 2> "$folder/errors" || fail "$count processes"
    done
    run 3 $small > "$folder/out.jsonl" 2> "$folder/errors" || fail "standard output"
    for threads in 1 2; do
        "$program" lab $small --threads "$threads" -o "$folder/threads$threads.jsonl"
    done
    (cd "$folder" && sha256sum *.jsonl)
    for file in "$folder"/*.jsonl; do
        same "$file" "$folder/threads1.jsonl"
    done

    # one of four is killed
    run 4 $long -o "$folder/kill.jsonl" > "$folder/out" 2> "$folder/errors" &
    job=$!
    wait_for_rows "$folder/kill.jsonl" 10
    victim=$(workers "$job" | tail -n 1)
    kill -9 "$victim"
    ! wait "$job" || fail "a process was killed and the job did not say so"
    only_whole_rows "$folder/kill.jsonl"
    echo "kill -9 of a process: $(($(wc -l < "$folder/kill.jsonl") - 1)) rows of 400 are left"

    # the first one is killed, which writes the file; then all get a signal
    run 4 $long --resume -o "$folder/kill.jsonl" > "$folder/out" 2> "$folder/errors" &
    job=$!
    wait_for_rows "$folder/kill.jsonl" $(($(wc -l < "$folder/kill.jsonl") + 10))
    kill -9 "$(workers "$job" | head -n 1)"
    ! wait "$job" || fail "the first process was killed and the job did not say so"
    only_whole_rows "$folder/kill.jsonl"
    echo "kill -9 of the first: $(($(wc -l < "$folder/kill.jsonl") - 1)) rows of 400 are left"
    run 4 $long --resume -o "$folder/kill.jsonl" > "$folder/out" 2> "$folder/errors" &
    job=$!
    wait_for_rows "$folder/kill.jsonl" $(($(wc -l < "$folder/kill.jsonl") + 10))
    kill -TERM $(workers "$job")
    ! wait "$job" || fail "a signal came and the job did not say so"
    only_whole_rows "$folder/kill.jsonl"
    grep -q -e "--resume" "$folder/errors" || fail "nobody said how to go on"
    echo "SIGTERM to all: $(($(wc -l < "$folder/kill.jsonl") - 1)) rows of 400 are left"

    # started by the mpirun of the other MPI
    case $mpi in
        ompi-c) other="mpirun.mpich -n 3" ;;
        *) other="mpirun.openmpi -n 3 --oversubscribe" ;;
    esac
    if command -v "${other%% *}" > /dev/null; then
        ! $other "$mpi_program" lab $small -o "$folder/other.jsonl" > "$folder/out" \
            2> "$folder/errors" || fail "three processes that do not know of each other did the lab"
        grep -q "3 processes were started, and MPI sees one" "$folder/errors" || fail "$other"
    fi

    run 3 $long --resume -o "$folder/kill.jsonl" 2> "$folder/errors" || fail "resuming"
    "$program" lab $long -o "$folder/whole.jsonl" 2> "$folder/errors"
    same "$folder/kill.jsonl" "$folder/whole.jsonl"
    echo "resumed: the same bytes as without any of it"
}

found=
for one in ${*:-mpich ompi-c}; do
    if pkg-config --exists "$one"; then
        try "$one"
        found=yes
    fi
done
[ -n "$found" ] || { echo "neither Open MPI nor MPICH is here" >&2; exit 1; }
echo "All good."
