/// What no program needs to compile for itself: the training loop and the walks over parameters, whose type is that of the
/// numbers and not that of the network. The precompiled headers end with this list of what is found elsewhere;
/// compiled_once.cpp, the elsewhere, reads it a second time, hence no `#pragma once`. It saves a tenth of the time.
#include <latent/io/save_weights.hpp>
#include <latent/latent.hpp>

#ifndef LATENT_ONCE
#define LATENT_ONCE extern template
#endif

namespace latent::detail {

LATENT_ONCE class Learner<float>;
LATENT_ONCE History Learner<float>::fit(const Examples<float>&, const Examples<float>&,
                                        const FitOptions<Tensor<4>, Tensor<4>>&, int);
LATENT_ONCE class Pass<float>;
LATENT_ONCE class Scoring<float>;
LATENT_ONCE class ScoringOf<float, Sigmoid, BinaryCrossentropy>;
LATENT_ONCE class Updater<float>;
LATENT_ONCE class UpdaterOf<float, Adam>;

LATENT_ONCE void initialize(std::span<const LayerFacts>, Seed, float*);
LATENT_ONCE double penalties(std::span<const LayerFacts>, const float*, float*);
LATENT_ONCE std::vector<NamedTensor<float>> named_tensors(std::span<const LayerFacts>, std::span<const LayerName>, float*);
LATENT_ONCE std::vector<NamedTensor<const float>> named_tensors(std::span<const LayerFacts>, std::span<const LayerName>,
                                                                const float*);
LATENT_ONCE void throw_not_finite(const Plan<float>&, float*, std::span<const LayerName>, const float*,
                                  std::span<const Index>, const CallMode&, double, const std::string&);

namespace batches {
LATENT_ONCE std::shared_ptr<float[]> prepared(const Plan<float>&, const float*);
LATENT_ONCE void predict(const Plan<float>&, const float*, const float*, float*, Index, int);
}  // namespace batches

}  // namespace latent::detail

namespace latent {
LATENT_ONCE void initialize(const Initializer&, std::span<const Index>, const Random&, float*);
LATENT_ONCE void io::write_safetensors(const std::string&, const std::vector<NamedTensor<const float>>&, const io::Metadata&);
}  // namespace latent

#undef LATENT_ONCE
