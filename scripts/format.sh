#!/bin/sh
# Formats the C++ code as .clang-format says, or checks that it is formatted.
# usage: scripts/format.sh [--check] [FILE ...]   (default: all of include, tests, examples, exercises, benchmarks, explorer and docs)
#
# Versions of clang-format differ, so a fixed one is used: $CLANG_FORMAT, or the one in the path if it is the right version,
# otherwise it is installed with pip into build/clang-format. If that fails, --check skips (exit code 77).
# tests/keras/*.inc, lists that make_cases.py writes, stay as it writes them.
set -eu
unset CDPATH
usage="usage: scripts/format.sh [--check] [FILE ...]"
check=no count=$#
while [ "$count" -gt 0 ]; do  # the files stay as arguments, with the folder in which they were named
  case "$1" in
    --check) check=yes ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;;
    -*) echo "$usage, received $1" >&2 && exit 2 ;;
    *)
      [ -f "$1" ] || { echo "format: there is no file $1" >&2 && exit 2; }
      case "$1" in /*) set -- "$@" "$1" ;; *) set -- "$@" "$PWD/$1" ;; esac
      ;;
  esac
  shift
  count=$((count - 1))
done
cd "$(dirname "$0")/.."
version=19.1.7

right() { "$1" --version 2>/dev/null | grep -q "version ${version%%.*}\."; }
formatter=${CLANG_FORMAT:-clang-format}
if [ -z "${CLANG_FORMAT:-}" ] && ! right "$formatter"; then
  formatter=build/clang-format/bin/clang-format
  if ! right "$formatter" && ! { python3 -m venv build/clang-format && build/clang-format/bin/pip install -q "clang-format==$version"; } >&2
  then
    echo "format: needs clang-format ${version%%.*}, and could not install it; by hand: pip install clang-format==$version, or on" \
         "Debian: apt-get install clang-format-${version%%.*}; and name it in CLANG_FORMAT" >&2
    if [ "$check" = yes ]; then exit 77; else exit 1; fi
  fi
  # The program itself: pip's clang-format is a Python script that starts it, and Python takes longer to start than most files take.
  program=$(find build/clang-format -path '*/data/bin/clang-format' | head -n 1)
  formatter=${program:-$formatter}
fi

"$formatter" --version >/dev/null 2>&1 || { echo "format: there is no $formatter (CLANG_FORMAT)" >&2 && exit 2; }

if [ $# -eq 0 ]; then
  # No file has a blank in its name.
  # shellcheck disable=SC2046
  set -- $(find include tests examples exercises benchmarks explorer docs \( -name '*.hpp' -o -name '*.cpp' \) | sort)
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# A network stays as it was drawn: `using Encoder = Sequential<...>;` is hidden from the formatter.
format() {  # format FILE: into $work/formatted
  awk '
    /^ *using [A-Za-z]+ =( (Sequential|Model)<|$)/ && !drawn { print "// @drawn\n// clang-format off"; drawn = 1 }
    { print }
    drawn && /;$/ { print "// @drawn\n// clang-format on"; drawn = 0 }
  ' "$1" >"$work/hidden"
  "$formatter" --assume-filename="$1" <"$work/hidden" >"$work/shown"
  awk '/^ *\/\/ @drawn$/ { getline; next } { print }' "$work/shown" >"$work/formatted"
}
bad=0
for file in "$@"; do
  format "$file"
  if [ "$check" = no ]; then
    cmp -s "$work/formatted" "$file" || cat "$work/formatted" >"$file"
  else
    diff -u --label "$file" --label "$file, formatted" "$file" "$work/formatted" || bad=$((bad + 1))
  fi
done
[ "$bad" -eq 0 ] && exit 0
echo "format: $bad files are not formatted; run scripts/format.sh" >&2
exit 1
