#!/bin/sh
# Prints the name of a Clang that compiles latent's tests quickly: 15 or newer, for 14 stumbles over its own precompiled
# headers. Ends with 1 where there is none.
for name in clang++-16 clang++ clang++-15 clang++-17 clang++-18 clang++-19 clang++-20; do
  version=$("$name" -dumpversion 2>/dev/null) || continue
  [ "${version%%.*}" -ge 15 ] || continue
  echo "$name"
  exit 0
done
exit 1
