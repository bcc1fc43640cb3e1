#!/bin/sh
# Trains on 1 to 4 processes of 1 to 3 threads: weights and history are the same bytes; also where a process was killed and
# another number of them goes on. usage: mpi.sh MPIRUN PROGRAM FOLDER
set -eu
mpirun=$1 program=$2 folder=$3
rm -rf "$folder"
mkdir -p "$folder"
# In a container everybody is root, and there may be fewer cores than processes.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMP_WAIT_POLICY=passive
# What MPI's libraries have not freed at the end is not ours.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
status=0
fail() {
  echo "FAILED: $*"
  status=1
}
same() {  # same OUT WHAT
  for file in weights.safetensors history.csv; do
    cmp "$folder/alone/$file" "$1/$file" || fail "$2: another $file"
  done
}
# Open MPI's mpirun may wait for itself for ever when the processes have been ended.
limited() { timeout -k 5 300 "$mpirun" "$@"; }

"$program" "$folder/alone" 1
[ ! -e "$folder/alone/state.safetensors" ] || fail "a training that has ended leaves its state"
for processes in 1 2 3 4; do
  for threads in 1 2 3; do
    out=$folder/$processes-$threads
    "$mpirun" -np "$processes" "$program" "$out" "$threads" >"$folder/said.txt"
    [ "$(cat "$folder/said.txt")" = "$processes processes have trained" ] || fail "process 0 alone prints: $(cat "$folder/said.txt")"
    same "$out" "$processes processes of $threads threads"
  done
done

# 20 steps: killed in the middle of an epoch, gone on with by others, killed again, gone on with by one.
out=$folder/killed
if limited -np 3 "$program" "$out" 1 1 7 >"$folder/killed.txt" 2>&1; then fail "a killed process goes unnoticed"; fi
grep -q "signal 9" "$folder/killed.txt" || fail "no word about the killed process: $(cat "$folder/killed.txt")"
[ -e "$out/state.safetensors" ] || fail "no state is left"
if limited -np 2 "$program" "$out" 2 0 5 >"$folder/killed.txt" 2>&1; then fail "process 0 was not killed"; fi
"$program" "$out" 3
same "$out" "killed and gone on with"

if limited -np 2 "$program" "$folder/other" 1 other-data >"$folder/other.txt" 2>&1; then fail "other data are taken"; fi
grep -q "process 1 has inputs: 5544 numbers, fingerprint" "$folder/other.txt" || fail "$(cat "$folder/other.txt")"
if limited -np 2 "$program" "$folder/fails" 1 fails >"$folder/fails.txt" 2>&1; then fail "an exception in one process"; fi
grep -q "no space left for the picture" "$folder/fails.txt" || fail "$(cat "$folder/fails.txt")"
exit "$status"
