/// Finds where a number stopped being one.
#pragma once

#include <cmath>
#include <stdexcept>

#include "latent/models/model.hpp"

namespace latent {

/// A loss that is NaN or infinite.
struct NotFinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs the samples of a batch one after the other through the network until a value is not finite. Throws NotFinite with
/// the layer, the sample and `when`.
template <class Model_, class X>
[[noreturn, gnu::cold]] void throw_not_finite(const Model_& model, const X& x, const Index* order, Index count, double loss,
                                   const std::string& when) {
  using network = typename Model_::network;
  const std::string where = text(when, ": the loss is ", loss);
  typename network::Workspace workspace;
  const auto prepared = model.prepared();
  for (const auto& tensor : model.parameters())
    for (Index i = 0; i < tensor.size(); ++i)
      if (!std::isfinite(tensor.data[i]))
        throw NotFinite(text(where, "; the first parameter that is not finite is ", tensor.name, ", value ", i, " = ",
                             tensor.data[i], ". A smaller learning rate may help"));
  for (Index n = 0; n < count; ++n) {
    network::set_input(workspace, 0, x.data() + order[n] * network::input_shape::size);
    network::forward(model.data(), prepared.get(), workspace, 1);
    int layer = -1;
    const auto look = [&]<int i>() {
      const auto value = workspace.template value<i>(1);
      for (Index row = 0; row < value.height && layer < 0; ++row)
        for (Index k = 0; k < value.width * value.channels; ++k)
          if (!std::isfinite(value.pixel(0, row, 0)[k])) layer = i;
    };
    [&]<int... i>(std::integer_sequence<int, i...>) {
      (look.template operator()<i>(), ...);
    }(std::make_integer_sequence<int, network::depth + 1>{});
    if (layer >= 0)
      throw NotFinite(text(where, "; it first appears in the output of layer ", layer, " (", model.layer_name(layer),
                           ") for training sample ", order[n]));
  }
  throw NotFinite(text(where, "; every layer's output is finite, so it comes from the targets or from the loss itself"));
}

}  // namespace latent
