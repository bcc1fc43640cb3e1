/// An optimiser for a model, or for a part of one, in a training loop of your own. Keras's optimizer.apply(gradients, variables).
///
///     auto encoder = autoencoder.part<0>();
///     auto decoder = autoencoder.part<1>();
///     auto of_encoder = optimizer_for(encoder, Adam{.learning_rate = 1e-4});
///     auto of_decoder = optimizer_for(decoder, SGD{});
///     const auto step = trainer.gradients(x, y);
///     of_encoder.apply(step), of_decoder.apply(step);           // each takes the gradients of its own parameters
#pragma once

#include "latent/core/threads.hpp"
#include "latent/training/apply_gradients.hpp"

namespace latent {

template <class Model_, class Optimizer>
class OptimizerFor {
 public:
  using Scalar = typename Model_::Scalar;

  /// The model must outlive the optimiser. The frozen layers are read once, here.
  OptimizerFor(Model_& model, const Optimizer& optimizer)
      : model_(model),
        updater_(optimizer, model.parameters(), model.data(), Model_::network::buffer_size),
        buffer_(aligned_zeros<Scalar>(Model_::network::buffer_size)),
        tensors_(model.template named<Scalar>(buffer_.get())) {}

  /// A step with `gradients.parameters`, as trainer.gradients() and model.backward() return them. Gradients of other parts of the
  /// model are ignored. Throws std::invalid_argument if the gradient of a parameter is missing, and NotFinite if one, or
  /// a new parameter, is not finite.
  template <class Gradients_>
  void apply(const Gradients_& gradients, int threads = 0) {
    engine::apply_gradients(updater_, model_.data(), tensors_, buffer_.get(), gradients.parameters,
                            team_size(threads, "apply"));
  }

  LearningRate& learning_rate() { return updater_.learning_rate(); }
  /// The optimiser's state, without the parameters themselves.
  void state(TrainingState& state) { updater_.state(state); }

 private:
  Model_& model_;
  engine::UpdaterOf<Scalar, Optimizer> updater_;
  std::shared_ptr<Scalar[]> buffer_;  // gradients, laid out like the parameters
  std::vector<NamedTensor<Scalar>> tensors_;
};

/// The optimiser for the parameters of a model, in a training loop of your own.
template <class Model_, class Optimizer>
OptimizerFor<Model_, Optimizer> optimizer_for(Model_& model, const Optimizer& optimizer) {
  return {model, optimizer};
}

}  // namespace latent
