#!/bin/sh
# usage: resume_refused.sh FOLDER DATA PROGRAM...
# --resume with options by which another network would be trained is refused; each option is named, and the results of the run
# that is there stay as they are, its report among them.
set -eu
folder=$1 data=$2
shift 2
programs=$*
rm -rf "$folder"
mkdir -p "$folder"
out=$folder/out

# begin PROGRAM OPTION...
begin() {
  for path in $programs; do [ "${path##*/}" != "$1" ] || program=$path; done
  shift
  rm -rf "$out"
  "$program" --data "$data" --out "$out" --train 500 --epochs 1 "$@" >"$folder/begun.txt"
  rm -rf "$folder/before"
  cp -R "$out" "$folder/before"
}
# refuses WORDS OPTION...: what it says has the words.
refuses() {
  words=$1
  shift
  status=0
  "$program" --data "$data" --out "$out" --train 500 --epochs 2 --resume "$@" >"$folder/said.txt" 2>&1 || status=$?
  if [ "$status" -ne 1 ] || ! grep -qF -e "$words" "$folder/said.txt"; then
    cat "$folder/said.txt"
    echo "resume_refused.sh: $program --resume $* ended with $status; expected 1 and \"$words\""
    exit 1
  fi
  diff -r "$folder/before" "$out" || { echo "resume_refused.sh: $program --resume $* changed what was there"; exit 1; }
}
# goes_on OPTION...
goes_on() {
  "$program" --data "$data" --out "$out" --train 500 --epochs 2 --resume "$@" >"$folder/said.txt"
  grep -q "goes on after 1 of 2 epochs" "$folder/said.txt" || { cat "$folder/said.txt"; exit 1; }
  grep -q 'data-status="finished"' "$out/report.html"
}

begin digit_classifier --patience 3
refuses "/options/--patience: expected 4, received 3" --patience 4
refuses "/options/--decay: expected cosine, received plateau" --patience 3 --decay cosine
refuses "seed 7" --patience 3 --seed 7
goes_on --patience 3

begin mnist_autoencoder --noise 0.25
refuses "/options/--noise: expected 0.5, received 0.25" --noise 0.5
refuses "inputs: expected 392000 numbers, fingerprint " --noise 0.5
goes_on --noise 0.25

begin variational_autoencoder --beta 2
refuses "/options/--beta: expected 1, received 2"
goes_on --beta 2 --quantiles --points "0,0 1,1" # what is done with the trained network is another matter

begin adversarial_autoencoder --game 0.5
refuses "--game: expected 0.25, received 0.5" --game 0.25
