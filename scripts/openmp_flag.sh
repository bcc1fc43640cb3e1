#!/bin/sh
# Prints -fopenmp where the compiler has OpenMP, else -fopenmp-simd, with which latent has its own threads all the same.
# (Apple's clang has no OpenMP, and Debian's not without a package of its own.)
# usage: openmp_flag.sh COMPILER
if echo '#include <omp.h>' | "$1" -fopenmp -fsyntax-only -x c++ - 2>/dev/null; then
  echo -fopenmp
else
  echo -fopenmp-simd
fi
