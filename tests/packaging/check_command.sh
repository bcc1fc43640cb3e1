#!/bin/sh
# usage: check_command.sh COMPILER: tries scripts/latent, in a copy of latent whose headers may be touched.
# shellcheck disable=SC2015  # fail does not fail
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p "a copy/bin" "a copy/include" lessons
cp "$root/scripts/latent" "a copy/bin"
cp -R "$root/include/latent" "a copy/include"
ln -s "../a copy/bin/latent" lessons/latent
export LATENT_CACHE="$work/the cache"

# A compiler that writes down what it compiles.
cat >compiler <<END
#!/bin/sh
for word; do
  case "\$last \$word" in "-include "*) ;; *.cpp | *.hpp) echo "\${word##*/}" >>"$work/compiled" ;; esac
  last=\$word
done
exec $1 "\$@"
END
chmod +x compiler
cat >"lessons/my lesson.cpp" <<'END'
// A lesson. /* This is no comment of its own.
/* But this is one,
   of two lines. */
#include <cstdio>
#include <latent/core/text.hpp>

#include "number.hpp"

int main(int arguments, char** words) {
  std::printf("%s\n", latent::text(NUMBER, " of ", arguments - 1, arguments > 1 ? words[1] : "").c_str());
  return arguments;
}
END
echo '#define NUMBER 7' >lessons/number.hpp

failures=0
fail() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  sed 's/^/  /' out err
}
latent() { "a copy/bin/latent" "$@" >out 2>err; }
run() { latent run --compiler ./compiler --flags -O0 "lessons/my lesson.cpp" "$@"; }
# compiles "FILES": these, one after the other, since the last time.
compiles() {
  received=$(tr '\n' ' ' <compiled)
  : >compiled
  [ "$received" = "$1" ] || fail "expected to compile \"$1\", received \"$received\""
}
: >compiled

run " a b" c
[ $? -eq 3 ] || fail "expected the program's exit code, 3"
[ "$(cat out)" = "7 of 2 a b" ] || fail "expected the program's line"
grep -q "preparing latent's headers" err || fail "expected a word about the headers"
headers=$(grep all.hpp compiled | tr '\n' ' ')  # the library and, of most compilers, precompiled headers
[ -n "$headers" ] || fail "expected to compile the headers"
compiles "${headers}my lesson.cpp "
run
[ $? -eq 1 ] && [ "$(cat out)" = "7 of 0" ] || fail "expected the same program again"
[ -s err ] && fail "expected no word"
compiles ""
echo '#define NUMBER 8' >lessons/number.hpp
run
[ "$(cat out)" = "8 of 0" ] || fail "expected a new number"
compiles "my lesson.cpp "
touch "a copy/include/latent/core/text.hpp"
run
compiles "${headers}my lesson.cpp "
run
compiles ""
# A header of the program's own wants more of latent.
cat >lessons/number.hpp <<'END'
#include <latent/core/files.hpp>
inline int number() {
  latent::write_atomically("written", "8");
  return latent::read_file("written") == "8" ? 8 : 0;
}
#define NUMBER number()
END
run
[ "$(cat out)" = "8 of 0" ] || fail "expected a file to be written and read"
compiles "my lesson.cpp ${headers}my lesson.cpp "
run
compiles ""
echo '#define NUMBER 8' >lessons/number.hpp
run
compiles "my lesson.cpp "

# Two at once, with nothing kept.
rm -rf "$LATENT_CACHE"
run first &
one=$!
"a copy/bin/latent" run --compiler ./compiler --flags -O0 "lessons/my lesson.cpp" >out_2 2>err_2
two=$?
wait $one
[ $? -eq 2 ] && [ $two -eq 1 ] && [ "$(cat out)" = "8 of 1first" ] && [ "$(cat out_2)" = "8 of 0" ] || fail "expected two runs"
: >compiled
run
compiles ""

# A program that does not compile is not run, and the one before it neither.
echo '#define NUMBER unknown' >lessons/number.hpp
run
[ $? -eq 1 ] || fail "expected the compiler's exit code, 1"
[ -s out ] && fail "expected that nothing runs"
grep -q "error:.*unknown" err || fail "expected the compiler's error"
[ -z "$(find "$LATENT_CACHE" -name '*.[0-9]*[0-9]')" ] || fail "expected no half file, received $(find "$LATENT_CACHE" -name '*.[0-9]*')"
echo 'template <int n> constexpr int the = n; constexpr int NUMBER = the<(3, 9)>;' >lessons/number.hpp
run
[ $? -eq 1 ] && grep -q "error:.*comma operator" err || fail "expected an error for Keras's pair of numbers, which is 9 in C++"
echo '#define NUMBER 9' >lessons/number.hpp
run
[ "$(cat out)" = "9 of 0" ] || fail "expected that it compiles again"

# Sources that are links, that are replaced by older ones, and that are called as what is kept beside a program.
tiny() { printf '#include <cstdio>\nint main() { std::puts("%s"); }\n' "$1"; }
gives() {  # gives WORDS ARGUMENTS
  words=$1 && shift
  latent "$@" || fail "expected latent $* to run"
  [ "$(cat out)" = "$words" ] || fail "expected $words of latent $*, received $(cat out)"
}
tiny one >real.cpp && ln -s real.cpp link.cpp
gives one run --compiler ./compiler link.cpp
sleep 1.1 && tiny two >real.cpp
gives two run --compiler ./compiler link.cpp
tiny three >old.cpp && touch -t 202001010000 old.cpp && mv -f old.cpp real.cpp
gives three run --compiler ./compiler link.cpp
for name in made.cpp more.cpp list.cpp program.cpp .cpp none; do
  tiny "$name" >"$name"
  gives "$name" run --compiler ./compiler "$name"
  gives "$name" run --compiler ./compiler "$name"
done
(export CDPATH=.:/tmp && lessons/latent run --compiler ./compiler made.cpp >out) || fail "expected a run with CDPATH"
(unset HOME && lessons/latent run --compiler ./compiler made.cpp >out) || fail "expected a run without HOME"
(unset HOME LATENT_CACHE XDG_CACHE_HOME && lessons/latent flags >out 2>err) && fail "expected that a folder to keep things in is missing"
grep -q "LATENT_CACHE=FOLDER" err || fail "expected LATENT_CACHE in $(cat err)"
# Nothing of the user's is written over or removed.
latent build --compiler ./compiler -o made.cpp made.cpp && fail "expected that a source is not overwritten"
grep -q "would overwrite the program's source" err && grep -q std::puts made.cpp || fail "expected the source"
latent build --compiler ./compiler -o nowhere/made made.cpp && fail "expected an error where nothing can be written"
grep -q "cannot write nowhere/made" err && [ ! -s out ] || fail "expected the path that cannot be written"
mkdir -p folder/headers folder/programs && : >folder/headers/mine.hpp
gives folder/made build --compiler ./compiler -o folder made.cpp
LATENT_CACHE=folder lessons/latent clean && [ -e folder/headers/mine.hpp ] && [ -d folder/programs ] || fail "expected the user's folders"

# The other commands.
latent build --compiler ./compiler --flags -O0 -o "a program" "lessons/my lesson.cpp" || fail "expected a program"
[ "$(cat out)" = "a program" ] && [ "$("./a program")" = "9 of 0" ] || fail "expected the program's place"
latent build --compiler ./compiler --flags -O0 "lessons/my lesson.cpp"
[ "$("$(cat out)")" = "9 of 0" ] || fail "expected the program's place"
lessons/latent flags --compiler "$1" --flags -O0 >printed || fail "expected flags"
grep -q -- "^-std=c++20 -O3 .*-DEIGEN_DONT_PARALLELIZE .*-I.*a\\\\ copy/include " printed || fail "expected flags, received $(cat printed)"
eval "$1 'lessons/my lesson.cpp' $(cat printed) -o by_hand" 2>err || fail "expected that the flags compile it"
[ "$(lessons/latent flags --cflags) $(lessons/latent flags --libs)" = "$(lessons/latent flags)" ] || fail "expected the two parts"
latent --help && grep -q "usage: latent run" out || fail "expected help"
latent clean && [ ! -e "$LATENT_CACHE" ] || fail "expected that nothing is left"

# refuses "WORDS" ...: exit code 2 and these words.
refuses() {
  words=$1 && shift
  latent "$@"
  [ $? -eq 2 ] || fail "expected exit code 2 of latent $*"
  grep -qF -- "$words" err || fail "expected of latent $*: $words"
}
refuses "expected a command"
refuses "latent run lesson.cpp" lesson.cpp
refuses "received compile" compile lesson.cpp
refuses "cannot read nowhere.cpp" run nowhere.cpp
refuses "expected a program" run
refuses "unknown option --fast" run --fast lesson.cpp
refuses "expected a value after --compiler" run --compiler
refuses "there is no compiler nowhere++" run --compiler nowhere++ "lessons/my lesson.cpp"
refuses "-o is for build" run -o x "lessons/my lesson.cpp"

echo "$failures failures"
[ $failures -eq 0 ]
