#!/bin/sh
# Prints the name of a Clang that compiles the tests of a preset quickly: 15 or newer, for 14 stumbles over its own precompiled
# headers, and with its sanitizers for the preset asan. Ends with 1 where there is none, and for presets with another compiler.
# usage: scripts/quick_compiler.sh test|asan
case "$1" in
  test) flags="" ;;
  asan) flags="-fsanitize=address,undefined" ;;
  *) exit 1 ;;
esac
for name in clang++-19 clang++-22 clang++-21 clang++-20 clang++-18 clang++-17 clang++-16 clang++ clang++-15; do
  version=$("$name" -dumpversion 2>/dev/null) || continue
  [ "${version%%.*}" -ge 15 ] || continue
  # shellcheck disable=SC2086  # nothing or a flag
  echo 'int main() {}' | "$name" $flags -x c++ - -o /dev/null 2>/dev/null || continue
  echo "$name"
  exit 0
done
exit 1
