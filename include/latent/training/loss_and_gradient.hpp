/// The value of a loss, and its gradient with respect to the outputs: the start of a backward pass of your own.
///
///     const auto [loss, dy] = loss_and_gradient(critic, BinaryCrossentropy{.from_logits = true}, critic.predict(z), ones);
///     const auto dz = critic.backward(z, dy).dx;
#pragma once

#include "latent/models/model.hpp"
#include "latent/training/scoring.hpp"

namespace latent {

template <class Y>
struct LossAndGradient {
  double loss;  ///< mean over the batch
  Y dy;         ///< with respect to y
};

/// For the outputs y of a model with one output, and targets t. The loss gets y as it is: after a sigmoid or softmax it does
/// not use the logits, as a trainer does; to use them, pass logits and set `from_logits`. Throws
/// std::invalid_argument if y or t do not fit, and for options of the loss and targets outside their range.
template <class Model_, class Loss, class Targets>
LossAndGradient<typename Model_::OutputTensor> loss_and_gradient(const Model_&, const Loss& loss,
                                                                 const typename Model_::OutputTensor& y,
                                                                 const Targets& t) {
  static_assert(Model_::network::outputs == 1, "latent: loss_and_gradient is for a model with one output");
  using Scalar = typename Model_::Scalar;
  using S = typename Model_::output_shape;
  using T = TargetShape<Loss, S>;
  check_shape(y, S::dimensions, "loss_and_gradient: outputs");
  check_shape(t, T::dimensions, "loss_and_gradient: targets");
  const Index samples = y.dimension(0);
  check(samples == t.dimension(0), "loss_and_gradient: ", samples, " outputs but ", t.dimension(0), " targets");
  const engine::ScoringOf<Scalar, Linear, Loss> scoring(S{}, {}, loss);
  scoring.check_targets(t.data(), samples, "loss_and_gradient: targets");
  scoring.check_range(t.data(), samples, "loss_and_gradient: targets");
  const double terms = scoring.terms(samples);
  LossAndGradient<typename Model_::OutputTensor> result{0, y};
  for (Index n = 0; n < samples; ++n)
    result.loss += scoring.loss(y.data() + n * S::size, t.data() + n * T::size, result.dy.data() + n * S::size,
                                static_cast<Scalar>(1 / terms));
  result.loss /= terms;
  return result;
}

}  // namespace latent
