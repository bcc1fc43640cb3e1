// Runs one loss case: value and gradient, in double and in float, through the trainer.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"
#include "keras/target_shape.hpp"

namespace keras {

using latent::Index;

/// `Predictions` is Reshape<...> of the case's predictions, all samples as one; `Activation` is what they come from.
/// The network is Dense -> Predictions -> Activation on an input of 0, so that the gradient with respect to the bias is
/// that with respect to the predictions, or to what comes before the activation.
template <class Scalar, class Predictions, class Activation, class Loss>
void run_loss_as(const Group& group, const std::string& name, const Loss& loss, double allowed) {
  constexpr Index size = Predictions::shape::size;
  using Model =
      latent::Model<Scalar, latent::Input<1>, latent::Dense<size>, Predictions, latent::Activation<Activation>>;
  const bool has_x = group.has(name + "/x");
  const auto start = group.tensor(name + (has_x ? "/x" : "/prediction")), target = group.tensor(name + "/target");
  REQUIRE(static_cast<Index>(start.size()) == size);

  Model model;
  const auto bias = model.parameters()[1];
  std::transform(start.begin(), start.end(), bias.data, [](double v) { return static_cast<Scalar>(v); });
  // Of a rate so large nothing is lost in the difference of the bias before and after.
  constexpr double rate = 1048576;
  auto trainer = compile(model, latent::SGD{.learning_rate = rate}, loss);
  using Trainer = decltype(trainer);
  typename Trainer::X x(1, 1);
  x.setZero();
  typename Trainer::Y::Dimensions dimensions;
  dimensions[0] = 1;
  constexpr auto shape = target_shape<Trainer>().dimensions;
  std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
  typename Trainer::Y y(dimensions);
  REQUIRE(static_cast<Index>(target.size()) == y.size());
  std::transform(target.begin(), target.end(), y.data(), [](double v) { return static_cast<Scalar>(v); });
  const auto value = static_cast<Scalar>(static_cast<double>(trainer.train_on_batch(x, y)));
  std::vector<double> gradient;
  for (std::size_t i = 0; i < start.size(); ++i)
    gradient.push_back((static_cast<double>(static_cast<Scalar>(start[i])) - static_cast<double>(bias.data[i])) / rate);

  const std::string what = group.name() + ", case " + name + ", ";
  const auto expected = group.tensor(name + "/value");
  double value_allowed = allowed;
  if constexpr (std::is_same_v<Loss, latent::BinaryCrossentropy> && std::is_same_v<Scalar, float>) {
    // Keras clips at 1 - 1e-7, which in float is 1 - 1.19e-7: -log(1 - p) is 15.94 and not 16.12.
    const auto prediction = group.tensor(name + "/prediction");
    double error = 0;
    for (std::size_t i = 0; i < prediction.size(); ++i)
      if (prediction[i] > 1 - 1.2e-7) error += 0.176 * std::abs(1 - target[i]);
    value_allowed += error / static_cast<double>(size) / std::abs(expected[0]);
  }
  compare(what + "value", expected, &value, value_allowed);
  compare(what + (has_x ? "dx" : "dprediction"), group.tensor(name + (has_x ? "/dx" : "/dprediction")), gradient.data(),
          allowed);
}

template <class Predictions, class Activation, class Loss>
void run_loss(Group& group, const std::string& name, const Loss& loss) {
  run_loss_as<double, Predictions, Activation>(group, name, loss, tolerance<double>(1e-12, 1e-5));
  run_loss_as<float, Predictions, Activation>(group, name, loss, tolerance<float>(1e-12, 1e-5));
  group.ran(name);
}

}  // namespace keras
