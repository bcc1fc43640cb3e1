/// Finds where a number stopped being one.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "latent/models/model.hpp"

namespace latent {

/// A loss that is NaN or infinite.
struct NotFinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs a batch forward once more, as in the step that failed. Throws NotFinite with the first layer whose output is not
/// finite, the first sample for which it is not, and `when`. Sample n of the batch is number order[n] of x.
template <class Model_, class X>
[[noreturn, gnu::cold]] void throw_not_finite(const Model_& model, const X& x, const Index* order, Index count, const CallMode& mode,
                                              double loss, const std::string& when) {
  using network = typename Model_::network;
  using Scalar = typename Model_::Scalar;
  const std::string where = text(when, ": the loss is ", loss);
  for (const auto& tensor : model.parameters())
    for (Index i = 0; i < tensor.size(); ++i)
      if (!std::isfinite(tensor.data[i]))
        throw NotFinite(text(where, "; the first parameter that is not finite is ", tensor.name, ", value ", i, " = ",
                             tensor.data[i], ". A smaller learning rate may help"));

  int layer = network::depth + 1;
  Index sample = 0;
  const auto input = [&](const auto& workspace, const Call& call) {
    for (Index n = 0; n < call.samples; ++n)
      network::set_input(workspace, n, x.data() + order[call.place(n)] * network::input_shape::size);
  };
  const auto look = [&](const auto& workspace, const Call& call) {
    for (int i = 0; i < layer && i <= network::depth; ++i)
      workspace.for_lines(network::value_lines[static_cast<std::size_t>(i)], call.samples,
                          [&](Index n, const Scalar* line, Index size) {
                            if (layer > i && !std::all_of(line, line + size, [](Scalar v) { return std::isfinite(v); }))
                              layer = i, sample = order[call.place(n)];
                          });
  };
  Pass<network> pass;
  pass.begin(mode, count, 1);
  pass.template forward<typename network::last_activation>(model.data(), model.prepared().get(), input, look);
  if (layer <= network::depth)
    throw NotFinite(text(where, "; it first appears in the output of layer ", layer, " (", model.layer_name(layer),
                         ") for training sample ", sample));
  throw NotFinite(text(where, "; every layer's output is finite, so it comes from the targets or from the loss itself"));
}

}  // namespace latent
