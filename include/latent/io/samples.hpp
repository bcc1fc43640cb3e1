/// Samples beside the weights, and what the model made of them: the tensors verify/input/0, verify/input/1, ... of a model's
/// Inputs and verify/output/0, ... of its outputs. With them, a program that loads the weights can check that it computes the same.
#pragma once

#include <string>
#include <vector>

#include "latent/core/parameters.hpp"
#include "latent/core/tensors.hpp"

namespace latent::io {

/// What the names of the samples in a file begin with.
inline constexpr const char* input_samples = "verify/input/";
/// The same for what the model makes of them.
inline constexpr const char* output_samples = "verify/output/";
/// Whether a tensor of that name is a sample, no parameter.
inline bool is_sample(const std::string& name) {
  return name.starts_with(input_samples) || name.starts_with(output_samples);
}

/// Each of one tensor or several, under a name with its number.
template <class Scalar, class Several>
void append_samples(std::vector<NamedTensor<const Scalar>>& to, const std::string& name, const Several& several) {
  std::apply(
      [&](const auto&... tensor) {
        int number = 0;
        (to.push_back({name + std::to_string(number++),
                       {tensor.dimensions().begin(), tensor.dimensions().end()},
                       tensor.data(),
                       false}),
         ...);
      },
      detail::each(several));
}
/// A temporary is refused: it is gone before its numbers are written.
template <class Scalar, class Several>
void append_samples(std::vector<NamedTensor<const Scalar>>& to, const std::string& name, const Several&&) = delete;

}  // namespace latent::io
