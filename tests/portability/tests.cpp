// A choice of the tests in one program, for scripts/try_everywhere.sh: random numbers, text, vectors, gradients against central
// differences, training with callbacks.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
// before the tests' own names
#include <latent/checks.hpp>
#include <latent/latent.hpp>
//
#include "core/test_random.cpp"
#include "core/test_text.cpp"
#include "kernels/test_math.cpp"
#include "layers/test_dense.cpp"
#include "layers/test_up_sampling2d.cpp"
#include "training/test_reduce_lr_on_plateau.cpp"
