/// What no program needs to compile for itself, beside the functions marked LATENT_COLD: the training loop, whose type is that of the
/// numbers and not that of the network. With LATENT_PRECOMPILED it is expected in the library, with LATENT_PRECOMPILES this is the library.
#pragma once

#include "latent/losses/binary_crossentropy.hpp"
#include "latent/optimizers/adam.hpp"
#include "latent/training/trainer.hpp"

/// Says that the library has a class, or makes it there.
#define LATENT_COMPILED_ONCE extern template
#ifdef LATENT_PRECOMPILES
#undef LATENT_COMPILED_ONCE
#define LATENT_COMPILED_ONCE template
#endif

namespace latent::engine {
LATENT_COMPILED_ONCE class GradientSum<float>;
LATENT_COMPILED_ONCE class Learner<float>;
LATENT_COMPILED_ONCE class Objective<float>;
LATENT_COMPILED_ONCE class Pass<float>;
LATENT_COMPILED_ONCE class Sessions<float>;
LATENT_COMPILED_ONCE class MemoryFeed<float>;
LATENT_COMPILED_ONCE class SourceFeed<float>;
LATENT_COMPILED_ONCE class ScoringOf<float, Sigmoid, BinaryCrossentropy>;
LATENT_COMPILED_ONCE class Updater<float>;
LATENT_COMPILED_ONCE class UpdaterOf<float, Adam>;
}  // namespace latent::engine

#undef LATENT_COMPILED_ONCE
