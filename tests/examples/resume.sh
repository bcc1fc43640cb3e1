#!/bin/sh
# usage: resume.sh PROGRAM FOLDER OPTION...
# A program that is stopped by Ctrl-C or killed, again and again, and goes on with --resume writes the same bytes as one that
# was never stopped.
set -eu
program=$1 folder=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder"
begin=$(date +%s%N)
"$program" --out "$folder/whole" "$@" >"$folder/whole.txt"
# A part takes a third of the time, on this machine.
part=$(awk "BEGIN { print ($(date +%s%N) - $begin) / 3e9 }")

resume="" stops=0
for signal in INT KILL TERM KILL INT KILL; do
  status=0
  # In the foreground, for otherwise timeout sends the signal to the group, too, and the second one ends the program at once.
  timeout --foreground -s "$signal" "$part" "$program" --out "$folder/parts" $resume "$@" >"$folder/part.txt" 2>&1 || status=$?
  resume=--resume
  case "$status" in
    0) break ;;
    124 | 137) stops=$((stops + 1)) ;; # timeout's own code, and that of a process that was killed
    *) cat "$folder/part.txt"; echo "resume.sh: ended with $status after $signal"; exit 1 ;;
  esac
  # After its training a program ends as any other.
  if [ "$signal" = INT ] && grep -q "Epoch" "$folder/part.txt" && ! grep -q "^val_loss: \|^t-SNE of" "$folder/part.txt"; then
    grep -q "the same command with --resume goes on from there" "$folder/part.txt" || { cat "$folder/part.txt"; exit 1; }
  fi
done
echo "stopped $stops times"
[ "$stops" -gt 0 ] || { echo "resume.sh: it was never stopped"; exit 1; }
"$program" --out "$folder/parts" --resume "$@"
for file in "$folder"/whole/*.safetensors "$folder"/whole/*.csv; do
  [ ! -e "$file" ] || cmp "$file" "$folder/parts/${file##*/}"
done
if ls "$folder"/parts/*.part 2>/dev/null; then
  echo "resume.sh: half a file was left"
  exit 1
fi
