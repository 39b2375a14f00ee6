#!/bin/sh
# The lab under Slurm: a Slurm of this one machine is started in a folder of its own, and srun and a
# job array make the same bytes as threads. Not part of `make check`, since it needs root, munge and
# slurm (Debian: munge slurm-wlm), and Open MPI or MPICH for the part with srun.
set -eu
. "$(dirname "$0")/support/shell.sh"
cd "$(dirname "$0")/.."
program=$PWD/build/lnscope
mpi_program=$PWD/build/lnscope-mpi
host=$(hostname -s)
chmod 755 "$folder"
export SLURM_CONF="$folder/slurm.conf" XDG_CONFIG_HOME=/nonexistent
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

model="--layers 2 --width 16 --heads 2 --ffn 32 --context 16 --batch 4"
grid="--grid warmup=0,10 --grid lr=1e-3,1e-2,1e-1 --seeds 1..2 --steps 60 $model"

fail() {
    echo "FAILED: $*" >&2
    tail -n 5 "$folder"/*.log >&2 2>/dev/null || true
    exit 1
}

# stop PIDFILE: ends what wrote it, and waits until it is gone
stop() {
    [ -s "$folder/$1" ] || return 0
    id=$(cat "$folder/$1")
    kill "$id" 2>/dev/null || true
    wait_for "are_gone $id" || true
}

finish() {
    stop slurmd.pid
    stop slurmctld.pid
    stop munged.pid
}
trap finish EXIT

# ---- a Slurm ----

[ "$(id -u)" = 0 ] || { echo "slurmd needs root" >&2; exit 1; }
for command in munged slurmctld slurmd srun sbatch; do
    command -v "$command" > /dev/null ||
        { echo "$command is not here; on Debian: apt-get install munge slurm-wlm" >&2; exit 1; }
done
mkdir "$folder/munge" "$folder/state" "$folder/spool" "$folder/work"
dd if=/dev/urandom of="$folder/munge/key" bs=128 count=1 2>/dev/null
chmod 400 "$folder/munge/key"
chown -R munge "$folder/munge"
chmod 755 "$folder/munge"
setpriv --reuid munge --regid munge --clear-groups munged --key-file "$folder/munge/key" \
    --socket "$folder/munge/socket" --pid-file "$folder/munge/pid" \
    --log-file "$folder/munge/munged.log" --seed-file "$folder/munge/seed"
ln -s munge/pid "$folder/munged.pid"
cat > "$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host
SlurmctldPort=16817
SlurmdPort=16818
AuthInfo=socket=$folder/munge/socket
SlurmUser=root
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=pmix
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld
slurmd -N "$host"
wait_for "srun --immediate=5 true > /dev/null" || fail "srun never ran anything"

# ---- the lab ----

cd "$folder/work"
"$program" lab $grid -o whole.jsonl

echo "== a job array of 3"
cat > array.sh <<JOB
#!/bin/sh
exec "$program" lab $grid --part auto -o part\$SLURM_ARRAY_TASK_ID.jsonl
JOB
sbatch --quiet --wait --array=1-3 --output=array-%a.log --chdir="$folder/work" array.sh ||
    fail "the job array: $(cat array-*.log)"
wc -l part*.jsonl | sed '$d'
"$program" lab --merge part1.jsonl part2.jsonl part3.jsonl -o merged.jsonl
cmp whole.jsonl merged.jsonl || fail "the merged parts are another file"

for mpi in mpich:pmi2:pmix ompi-c:pmix:pmi2; do
    module=${mpi%%:*} wrong=${mpi##*:} right=${mpi#*:}
    right=${right%:*}
    pkg-config --exists "$module" || continue
    echo "== srun -n 4 --mpi=$right, $module"
    make -s -C "${program%/build/*}" MPI="$module" mpi
    rm -f srun.jsonl
    srun -n 4 --mpi="$right" "$mpi_program" lab $grid -o srun.jsonl || fail "srun"
    cmp whole.jsonl srun.jsonl || fail "srun made another file"
    sha256sum srun.jsonl
    # Open MPI finds the wrong protocol itself; of MPICH each process takes itself for the only one
    ! srun -n 4 --mpi="$wrong" "$mpi_program" lab $grid -o wrong.jsonl 2> errors ||
        fail "four processes that do not know of each other did the lab"
    [ "$module" != mpich ] || grep -q "4 processes were started, and MPI sees one" errors ||
        fail "$(cat errors)"
    [ ! -e wrong.jsonl ] || fail "processes that do not know of each other wrote a file"
done
sha256sum whole.jsonl merged.jsonl
echo "All good."
