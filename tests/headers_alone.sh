#!/bin/sh
# Whether every header includes what it uses: each one is compiled alone.
# usage: headers_alone.sh INCLUDE_FOLDER COMPILER [flags]
set -u
folder=$1
shift
failed=0
for header in $(cd "$folder" && find latent -name '*.hpp' | sort); do
  [ "$header" != latent/mpi.hpp ] || echo '#include <mpi.h>' | "$@" -fsyntax-only -x c++ - 2>/dev/null || continue  # where it is
  "$@" -std=c++20 -fsyntax-only -include "$header" -x c++ /dev/null && continue
  echo "$header does not compile alone" >&2
  failed=$((failed + 1))
done
echo "headers that do not compile alone: $failed"
[ "$failed" -eq 0 ]
