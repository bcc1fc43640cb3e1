#!/bin/sh
# Whether the linker refuses files that were compiled for different vectors, and says why; and links those that
# were not.
# usage: check_one_march.sh COMPILER [flags]
set -u
case $(uname -m) in
  x86_64) ;;
  *)
    echo "SKIPPED: tried with the vectors of x86-64"
    exit 77
    ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo '#include <latent/core/compiler.hpp>
int main() {}' >"$folder/main.cpp"
echo '#include <latent/core/compiler.hpp>' >"$folder/other.cpp"
failed=0
links() {  # links "FLAGS OF ONE" "FLAGS OF THE OTHER" COMPILER [flags]
  one=$1 other=$2
  shift 2
  # shellcheck disable=SC2086  # lists of flags
  "$@" $one -c "$folder/main.cpp" -o "$folder/main.o" && "$@" $other -c "$folder/other.cpp" -o "$folder/other.o" || exit 1
  "$@" "$folder/main.o" "$folder/other.o" -o "$folder/program" >"$folder/message" 2>&1
}
refused() {
  if links "$@"; then
    echo "files with $1 and $2 were linked" >&2
    failed=1
  elif ! grep -q "compile all files of a program with the same -march" "$folder/message"; then
    cat "$folder/message" >&2
    failed=1
  fi
}
refused -march=x86-64-v3 -march=x86-64 "$@"
refused -march=x86-64-v3 -march=x86-64-v4 "$@"
links -march=x86-64-v3 "-march=haswell -O1" "$@" || { cat "$folder/message" >&2 && failed=1; }
exit $failed
