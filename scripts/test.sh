#!/bin/sh
# Installs what is missing, builds everything and runs all tests: those of the preset `test`, in the shortest time, with Clang,
# which compiles them in less than half of g++'s time; where there is none, those of the preset `release`.
# usage: [PRESET=test|release|debug|asan|clang|tsan] scripts/test.sh [--changed] [options of ctest, e.g. -R layers]
#
#   --changed   only the tests that are meant for the headers and tests that have changed since all tests passed here (if they never did:
#               since the last commit). A minute, while you work on a layer; before a commit run them all.
set -eu
unset CDPATH
cd "$(dirname "$0")/.."

only_changed=no
case "${1:-}" in
  --changed) only_changed=yes && shift ;;
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;;
esac

PRESET=${PRESET:-test}
export PRESET
scripts/install_dependencies.sh
if compiler=$(scripts/quick_compiler.sh "$PRESET"); then
  # All tests take half the time if up to 20 of them are compiled as one. One of them takes less time alone, and sanitizers would
  # make 8 GB of such a file.
  [ "$PRESET" = test ] && [ $only_changed = no ] && together=20 || together=0
  cmake --preset "$PRESET" -D CMAKE_CXX_COMPILER="$compiler" -D LATENT_TESTS_TOGETHER=$together
else
  if [ "$PRESET" = test ]; then
    echo "No Clang 15 or newer here: with the compiler of the preset release, which takes longer."
    PRESET=release
  fi
  cmake --preset "$PRESET"
fi

passed=build/$PRESET/all_tests_passed # holds the commit
if [ $only_changed = yes ]; then
  if ! git rev-parse --verify --quiet HEAD >/dev/null; then
    echo "scripts/test.sh: --changed asks git what has changed, and this folder is no clone" >&2
    exit 2
  fi
  since=$(cat "$passed" 2>/dev/null || true)
  git cat-file -e "$since" 2>/dev/null || since=HEAD
  changed=$({ git diff --name-only --diff-filter=d "$since" && git ls-files --others --exclude-standard; } | sort -u)
  meant=$(echo "$changed" | grep -E '^include/latent/.*\.hpp$|^tests/[a-z]*/test_[^/]*\.cpp$' || true)
  other=$(echo "$changed" | grep -Ev '^include/latent/.*\.hpp$|^tests/[a-z]*/test_[^/]*\.cpp$|^$' || true)
  if [ -n "$other" ]; then
    echo "Changed, and not tried here: $(echo "$other" | tr '\n' ' ')"
  fi
  if [ -z "$meant" ]; then
    echo "No header and no test has changed since $(git log -1 --format='%h (%s)' "$since")."
    exit
  fi
  names=$(echo "$meant" | xargs python3 tests/meant_for.py)
  echo "Of $(echo "$meant" | tr '\n' ' ')the tests: $(echo "$names" | tr '\n' ' ')"
  # shellcheck disable=SC2046  # words are wanted
  cmake --build --preset "$PRESET" --target $(echo "$names" | sed 's/^/test_/; s/\./_/')
  ctest --preset "$PRESET" -j2 -R "^($(echo "$names" | sed 's/\./[.]/' | paste -s -d'|'))\$" "$@"
  exit
fi

# Of large pages of memory the compiler, which some of the tests call, too, needs a tenth less time: glibc gives them when it is asked.
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
cmake --build --preset "$PRESET"
# One more at a time than there are processors: some tests wait, for the disk or for a browser.
ctest --preset "$PRESET" -j$(($(getconf _NPROCESSORS_ONLN) + 1)) "$@"
# All of them, of what is committed and what is not: --changed begins with the next change.
if [ $# -eq 0 ] && commit=$(git stash create 2>/dev/null); then
  echo "${commit:-$(git rev-parse HEAD)}" >"$passed"
fi
