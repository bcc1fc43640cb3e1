// What a trainer expects of targets.
#pragma once

#include <latent/latent.hpp>

namespace keras {

/// The shape of a sample's targets: that of the outputs, unless the trainer says otherwise.
template <class Trainer>
constexpr auto target_shape() {
  if constexpr (requires { typename Trainer::Scoring::target_shape; })
    return typename Trainer::Scoring::target_shape{};
  else
    return typename Trainer::network::output_shape{};
}

}  // namespace keras
