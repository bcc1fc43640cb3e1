#!/bin/sh
# Makes the students' archive, unpacks it elsewhere, and marks in it: the skeleton, a solution that was handed in, a file that
# does not compile, and one that crashes before the marker begins.
set -eu
cd "$(dirname "$0")/../.."
source=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/hand_out.sh "$work/students.tar.gz"
unset EIGEN  # it is in the archive
cd "$work"
tar -xzf students.tar.gz
cd latent-exercises

fail() { echo "hand_out: $*" >&2; exit 1; }
[ -z "$(find . -path '*solution*' -o -name 'mistakes.txt')" ] || fail "there are solutions in it"
grep -q 'For teachers' exercises/README.md && fail "there are words to teachers in it"
last() { tail -n 1 "$1"; }

# Every link of the pages leads somewhere. (Code looks like one.)
for page in exercises/*.md exercises/*/*.md docs/lessons/*.md docs/course/*.md; do
  sed '/^```/,/^```/d; s/`[^`]*`//g' "$page" | grep -o '](\([^)#]*\)' | cut -c3- | while read -r link; do
    case "$link" in "" | http*) continue ;; esac
    [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
  done
done >dead.txt
[ ! -s dead.txt ] || fail "links lead nowhere: $(cat dead.txt)"

scripts/mark.sh 1 >skeleton.txt
[ "$(last skeleton.txt)" = "marks: 0 of 10" ] || fail "the skeleton: $(last skeleton.txt)"
scripts/mark.sh --file "$source/exercises/solutions/01_dense/dense.hpp" --json marks.json 01_dense >solution.txt
[ "$(last solution.txt)" = "marks: 10 of 10" ] || fail "the solution: $(last solution.txt)"
grep -q '"exercise": "01_dense", "marks": 10, "of": 10' marks.json || fail "the JSON: $(cat marks.json)"
# Exercise 12 is compiled with other flags than the rest. How fast it is depends on what else the machine does.
scripts/mark.sh --file "$source/exercises/solutions/12_ladder/rung.hpp" 12 >rung.txt
[ "$(grep -c '^  right, .* 1/1' rung.txt)" = 4 ] || fail "the solution of exercise 12: $(cat rung.txt)"
echo 'this is no C++' >broken.hpp
scripts/mark.sh --file broken.hpp --json marks.json 1 >broken.txt 2>errors.txt
[ "$(last broken.txt)" = "marks: 0 of 10" ] || fail "a file that does not compile: $(last broken.txt)"
grep -q '"marks": 0, "of": 10' marks.json || fail "the JSON: $(cat marks.json)"
sed 's/^namespace yours {/static const int early = (std::abort(), 1);\n&/; s/^#pragma once/&\n#include <cstdlib>/' \
  "$source/exercises/solutions/01_dense/dense.hpp" >early.hpp
scripts/mark.sh --file early.hpp --json marks.json 1 >early.txt 2>errors.txt
[ "$(last early.txt)" = "marks: 0 of 10" ] || fail "a file that aborts before main: $(last early.txt)"
grep -q '"marks": 0, "of": 10' marks.json || fail "the JSON: $(cat marks.json)"
sed 's/^namespace yours {/static const int early = [] { for (;;) sleep(1); return 1; }();\n&/; s/^#pragma once/&\n#include <unistd.h>/' \
  "$source/exercises/solutions/01_dense/dense.hpp" >endless.hpp
scripts/mark.sh --file endless.hpp --seconds 0.1 --json marks.json 1 >endless.txt 2>errors.txt
[ "$(last endless.txt)" = "marks: 0 of 10" ] || fail "a file that never comes to main: $(last endless.txt)"
grep -q 'too long to make an object' marks.json || fail "the JSON: $(cat marks.json)"
# The sheet is printed before objects of the file are destroyed, and nothing after it.
{
  cat exercises/01_dense/dense.hpp
  echo '#include <cstdio>'
  echo 'static struct Last { ~Last() { std::puts("marks: 10 of 10"), std::fflush(stdout), *(volatile int*)8 = 1; } } last_one;'
} >late.hpp
scripts/mark.sh --file late.hpp --json marks.json 1 >late.txt 2>errors.txt
[ "$(last late.txt)" = "marks: 0 of 10" ] || fail "a file whose objects print and crash at the end: $(last late.txt)"
# Which file is marked is certain, and what is no time limit is refused.
cp exercises/01_dense/dense.hpp exercises/01_dense/dense_old.hpp
if scripts/mark.sh 1 2>errors.txt; then fail "two files in the folder of an exercise: ended with 0"; fi
grep -qx 'exercises/01_dense/dense_old.hpp' errors.txt || fail "two files: $(cat errors.txt)"
rm exercises/01_dense/dense_old.hpp
if scripts/mark.sh --seconds abc 1 2>errors.txt; then fail "--seconds abc ended with 0"; fi
grep -q -- '--seconds is a number, received abc' errors.txt || fail "--seconds abc: $(cat errors.txt)"
# What is compiled once is for this folder and this compiler: a folder that has moved compiles it again.
grep -qxF "$PWD" build/exercises/compiler || fail "the folder is not in $(cat build/exercises/compiler)"
[ -z "$(find build/exercises -name 'run.*')" ] || fail "left behind: $(ls build/exercises)"
if scripts/mark.sh --solution 1 2>errors.txt; then fail "--solution without solutions ended with 0"; fi
grep -q 'no solutions here' errors.txt || fail "$(cat errors.txt)"
echo "the archive of students: skeleton, solution and broken files have the marks they should"
