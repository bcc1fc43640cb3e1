// Runs one loss case: value and gradient, in double and in float.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

/// A loss by the trainer's rules on a network that ends in Activation: value and gradient with respect to what comes
/// before the activation, `x`, or, if the case has none, with respect to the predictions. S is the shape of a sample.
template <class Scalar, class S, class Activation, class Loss>
void run_loss_as(const Group& group, const std::string& name, const Loss& loss) {
  using Scoring = latent::engine::ScoringFor<Scalar, S, Activation, Loss>;
  using Last = std::conditional_t<Scoring::from_logits, latent::Linear, Activation>;  // the network runs without it
  using Views = latent::View<Scalar, latent::Layout<S>>;
  const auto load = [&](const std::string& tensor) {
    const auto values = group.tensor(name + "/" + tensor);
    return std::vector<Scalar>(values.begin(), values.end());
  };
  const bool has_x = group.has(name + "/x");
  auto y = load(has_x ? "x" : "prediction");
  const auto t = load("target");
  const Index samples = static_cast<Index>(y.size()) / S::size;
  REQUIRE(static_cast<Index>(t.size()) == samples * Scoring::target_shape::size);
  latent::apply_activation<Last>(Views(y.data(), samples));

  const auto scoring = Scoring::make(loss);
  std::vector<Scalar> dy(y.size(), std::numeric_limits<Scalar>::quiet_NaN());
  const auto scale = static_cast<Scalar>(1 / scoring->terms(samples));
  double sum = 0, without_gradient = 0;
  for (Index n = 0; n < samples; ++n) {
    const Scalar* target = t.data() + n * Scoring::target_shape::size;
    sum += scoring->loss(y.data() + n * S::size, target, dy.data() + n * S::size, scale);
    without_gradient += scoring->loss(y.data() + n * S::size, target, nullptr, scale);
  }
  CHECK(sum == without_gradient);
  latent::undo_activation<Last>(latent::View<const Scalar, latent::Layout<S>>(y.data(), samples),
                                Views(dy.data(), samples));
  const auto value = static_cast<Scalar>(sum / scoring->terms(samples));
  const double allowed = tolerance<Scalar>(1e-12, 1e-5);
  double value_allowed = allowed;
  if constexpr (std::is_same_v<Loss, latent::BinaryCrossentropy> && std::is_same_v<Scalar, float>) {
    // Keras clips at 1 - 1e-7, which in float is 1 - 1.19e-7: -log(1 - p) is 15.94 and not 16.12.
    const auto prediction = group.tensor(name + "/prediction"), target = group.tensor(name + "/target");
    const bool clips = !Scoring::from_logits && !loss.from_logits;
    double error = 0;
    for (std::size_t i = 0; clips && i < prediction.size(); ++i)
      if (prediction[i] > 1 - 1.2e-7) error += 0.176 * std::abs(1 - target[i]);
    value_allowed += error / scoring->terms(samples) / std::abs(group.tensor(name + "/value")[0]);
  }
  const std::string what = group.name() + ", case " + name + ", ";
  compare(what + "value", group.tensor(name + "/value"), &value, value_allowed);
  const std::string gradient = has_x ? "dx" : "dprediction";
  compare(what + gradient, group.tensor(name + "/" + gradient), dy.data(), allowed);
}

template <class S, class Activation, class Loss>
void run_loss(const Group& group, const std::string& name, const Loss& loss) {
  run_loss_as<double, S, Activation>(group, name, loss);
  run_loss_as<float, S, Activation>(group, name, loss);
  group.ran(name);
}

}  // namespace keras
