/// Weights of earlier runs. Kept apart from the networks, for reading files compiles slowly.
#pragma once

#include <string>
#include <vector>

#include "latent/core/parameters.hpp"

namespace latent {

/// Sets a model's parameters to those that an earlier run has saved in a file. Returns false if there is no such file.
bool load_if_saved(const std::string& file, const std::vector<NamedTensor<float>>& parameters);

}  // namespace latent
