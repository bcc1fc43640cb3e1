#!/bin/sh
# usage: check_options.sh PROGRAM: tries command lines on the program of options_program.cpp.
set -u
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
  failures=$((failures + 1))
  echo "FAILED: options_program $arguments: $1"
  echo "  exit code $code, stdout: $(cat stdout)"
  echo "  stderr: $(cat stderr)"
}
try() {
  arguments="$*"
  OMP_NUM_THREADS=3 "$program" "$@" >stdout 2>stderr </dev/null
  code=$?
}
# gives "EXPECTED WORDS" [arguments]: exit code 0 and these words on stdout.
gives() {
  expected=$1
  shift
  try "$@"
  [ $code -eq 0 ] || fail "expected exit code 0"
  grep -qF -- "$expected" stdout || fail "expected on stdout: $expected"
}
# refuses CODE "EXPECTED WORDS" [arguments]: this exit code, the words on stderr, and nothing else done.
refuses() {
  expected_code=$1 expected=$2
  shift 2
  try "$@"
  [ $code -eq "$expected_code" ] || fail "expected exit code $expected_code"
  grep -qF -- "$expected" stderr || fail "expected on stderr: $expected"
  [ -s stdout ] && fail "expected nothing on stdout"
}

touch file
gives "data= out=out/options_program epochs=7 batch_size=64 train=0 seed=42 threads=3 quick=0 noise=0.5"
[ -d out/options_program ] || fail "expected the folder out/options_program"
gives "latent_size=2 loss=bce plain=0"
gives "data=. out=a/b epochs=0 batch_size=1 train=5 seed=18446744073709551615 threads=2 quick=0 noise=0.25" \
  --data . --out a/b --epochs 0 --batch-size 1 --train 5 --seed 18446744073709551615 --threads 2 --noise 0.25
[ -d a/b ] || fail "expected the folder a/b"
gives "written to a/b: report.html" --out a/b
gives "latent_size=9 loss=mse plain=1" --loss=mse --plain --latent-size 9
gives "epochs=1 batch_size=64 train=10000 seed=42 threads=3 quick=1" --quick
gives "epochs=3 batch_size=64 train=20 seed=42 threads=3 quick=1" --epochs 3 --quick --train 20
gives "epochs=2 batch_size" --epochs 5 --epochs 2
for words in "--data DIR" "--out DIR=out/options_program" "--epochs N=7" "--batch-size N=64" "--train N=all" "--seed N=42" \
             "--threads N=all processors" "--quick" "--noise NUMBER=0.5" "--loss bce|mse=bce" "Prints its options."; do
  gives "$words" --help
done

refuses 2 "options_program: --batch-size: expected a whole number of at least 1, received 0" --batch-size 0
refuses 2 "--epochs: expected a whole number of at least 0, received -1" --epochs -1
refuses 2 "--epochs: expected a whole number of at least 0, received -1" --epochs=-1
refuses 2 "received 2.5" --epochs 2.5
refuses 2 "received 99999999999" --epochs 99999999999
refuses 2 "received ten" --train ten
refuses 2 "received 010" --epochs 010
refuses 2 "received 18446744073709551616" --seed 18446744073709551616
gives "seed=18446744073709551615" --seed 18446744073709551615
refuses 2 "received -1" --seed -1
refuses 2 "--threads: expected a whole number from 1 to 1024, received 0" --threads 0
refuses 2 "received 2000" --threads 2000
refuses 2 "--noise: expected a number of at least 0, received -0.5" --noise -0.5
refuses 2 "received nan" --noise nan
refuses 2 "received inf" --noise inf
refuses 2 "--latent-size: expected a whole number of at least 1, received 0" --latent-size 0
refuses 2 "--loss: expected bce|mse, received l1" --loss l1
refuses 2 "options_program: not expected: --epoch 1; did you mean --epochs?" --epoch 1
refuses 2 "not expected: --batch_size=3 --plain-ly; did you mean --batch-size?" --batch_size=3 --plain-ly
refuses 2 "not expected: --patience 3" --patience 3
grep -q "did you mean" stderr && fail "expected no suggestion"
refuses 2 "--data: expected a folder, received" --data ""
refuses 2 "--title: expected a text, received an empty one" --title ""
refuses 2 "not expected: stray" stray
refuses 2 "--epochs" --epochs
refuses 2 "--data: expected a folder, received nowhere" --data nowhere
refuses 1 "file: " --out file
refuses 1 "file/below: " --out file/below

if [ -e /dev/full ]; then
  "$program" --help >/dev/full 2>stderr
  code=$? arguments="--help >/dev/full"
  [ $code -eq 1 ] && grep -q "options_program: standard output" stderr || fail "expected exit code 1 and a message"
fi
# Whichever of several processes has a wrong option, it says so, and all end. (In a container everybody is root.)
if mpirun=$(command -v mpirun) && ldd "$program" | grep -q libmpi; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
  # Open MPI's mpirun may wait for itself for ever when the processes have ended.
  timeout -k 5 60 "$mpirun" -np 1 "$program" : -np 1 "$program" --epochs ten >stdout 2>stderr </dev/null
  code=$? arguments="on process 1: --epochs ten"
  [ $code -ne 0 ] && grep -q "received ten" stderr || fail "expected the message of process 1"
fi

echo "$failures failures"
[ $failures -eq 0 ]
