/// What no program needs to compile for itself: the training loop, whose type is that of the numbers and not that of the
/// network. The precompiled headers end with this list of what is found elsewhere; compiled_once.cpp, the elsewhere, reads
/// it a second time, hence no `#pragma once`. It saves a tenth of the time.
#include <latent/latent.hpp>

#ifndef LATENT_ONCE
#define LATENT_ONCE extern template
#endif

namespace latent::engine {
LATENT_ONCE class Learner<float>;
LATENT_ONCE class Objective<float>;
LATENT_ONCE class Pass<float>;
LATENT_ONCE class Sessions<float>;
LATENT_ONCE class ScoringOf<float, Sigmoid, BinaryCrossentropy>;
LATENT_ONCE class Updater<float>;
LATENT_ONCE class UpdaterOf<float, Adam>;
}  // namespace latent::engine

#undef LATENT_ONCE
#define LATENT_ONCE template
