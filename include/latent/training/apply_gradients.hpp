/// The optimiser's step with gradients that are given by name.
#pragma once

#include <map>

#include "latent/checks/nan_tracer.hpp"
#include "latent/training/updater.hpp"

namespace latent::engine {

/// `tensors` are views into `buffer`, which is laid out like the parameters and is overwritten. Gradients of tensors that are not
/// among them are ignored. Throws std::invalid_argument if one is missing or has another size; then nothing has
/// changed. Throws NotFinite if a gradient or a new parameter is not finite.
template <class Scalar>
[[gnu::cold]] void apply_gradients(Updater<Scalar>& updater, Scalar* parameters,
                                   std::vector<NamedTensor<Scalar>>& tensors, Scalar* buffer,
                                   const std::map<std::string, std::vector<Scalar>>& gradients, int team) {
  for (const auto& tensor : tensors) {
    if (!tensor.trainable) continue;
    const auto found = gradients.find(tensor.name);
    check(found != gradients.end(), "apply: there is no gradient of ", tensor.name);
    check(static_cast<Index>(found->second.size()) == tensor.size(), "apply: the gradient of ", tensor.name, " has ",
          found->second.size(), " numbers, expected ", tensor.size());
    std::copy(found->second.begin(), found->second.end(), tensor.data);
  }
  updater.choose_rate();
  updater.update(parameters, buffer, 1, team);
  const int spoilt = updater.spoilt();
  if (spoilt < 0) return;
  NamedTensor<Scalar> tensor = tensors[static_cast<std::size_t>(spoilt)];
  const Scalar* const gradient = tensor.data;
  tensor.data = parameters + (gradient - buffer);
  throw_spoilt(tensor, gradient, "apply:");
}

}  // namespace latent::engine
