/// compile(model, optimizer, loss, metrics...) and fit, evaluate.
#pragma once

#include <optional>

#include "latent/models/model.hpp"
#include "latent/training/learner.hpp"

namespace latent {

/// Inputs and targets, which stay where they are: the tensors must outlive the call they are handed to.
template <class X, class Y>
struct Data {
  const X* x = nullptr;
  const Y* y = nullptr;
  Data() = default;
  Data(const X& inputs, const Y& targets) : x(&inputs), y(&targets) {}
  template <class A, class B>
    requires OtherTensor<A, X> || OtherTensor<B, Y>
  Data(const A&, const B&) {
    tensor_does_not_fit<A, X>(), tensor_does_not_fit<B, Y>();
  }
};

/// How to train. Names and defaults are Keras's.
template <class X, class Y>
struct FitOptions {
  int epochs = 1;
  Index batch_size = 32;
  Data<X, Y> validation_data = {};
  bool shuffle = true;
  std::optional<ProgressBar> verbose = ProgressBar{};  ///< nullopt for silence
  std::vector<Callback*> callbacks = {};
  Seed seed = {};   ///< of the shuffling, and of layers that draw random numbers
  int threads = 0;  ///< 0: as many as OpenMP offers; the results do not depend on it
};

template <class Model_, class Optimizer, class Loss, class... Metrics>
class Trainer {
 public:
  using Scalar = typename Model_::Scalar;
  using network = typename Model_::network;
  using Scoring =
      detail::ScoringFor<Scalar, typename network::output_shape, typename network::last_activation, Loss, Metrics...>;
  using X = typename Model_::InputTensor;
  using Y = Tensor<Scoring::target_shape::rank + 1, Scalar>;

  Trainer(Model_& model, const Optimizer& optimizer, const Loss& loss, const Metrics&... metrics)
      : learner_(plan, model.data(), model.layer_names(),
                 Scoring::make(plan.loss_parts, loss, metrics...),
                 std::make_unique<detail::UpdaterOf<Scalar, Optimizer>>(optimizer, model.parameters(), model.data(),
                                                                network::buffer_size)) {}

  /// Trains on inputs x and targets y. Throws std::invalid_argument for tensors that do not fit, and NotFinite, with the
  /// parameters as they were before the step, when the loss is no longer a number.
  [[gnu::cold]] History fit(const X& x, const Y& y, const FitOptions<X, Y>& options = {}) {
    const detail::Examples<Scalar> examples = checked(x, y, "fit");
    check(options.epochs >= 0, "fit: epochs is at least 0, received ", options.epochs);
    check(options.batch_size >= 1, "fit: batch_size is at least 1, received ", options.batch_size);
    const int team = team_size(options.threads, "fit");
    detail::Examples<Scalar> validation;
    if (const auto& data = options.validation_data; data.x) validation = checked(*data.x, *data.y, "fit: validation");
    return learner_.fit(examples, validation, options, team);
  }

  template <class A, class B>
    requires OtherTensor<A, X> || OtherTensor<B, Y>
  History fit(const A&, const B&, const FitOptions<X, Y>& = {}) {
    tensor_does_not_fit<A, X>(), tensor_does_not_fit<B, Y>();
    return {};
  }

  /// One step on one batch; returns its mean loss before the step, and the metrics. Throws as fit does. `seed` is for
  /// layers that draw random numbers.
  Scores train_on_batch(const X& x, const Y& y, int threads = 0, Seed seed = {}) {
    return learner_.step_on(checked(x, y, "train_on_batch"), seed, team_size(threads, "train_on_batch"));
  }

  /// The mean loss and the metrics, without learning anything.
  Scores evaluate(const X& x, const Y& y, int threads = 0) const {
    return learner_.evaluate(checked(x, y, "evaluate"), team_size(threads, "evaluate"));
  }

  /// Bytes of activations and gradients that one thread works in.
  static constexpr std::size_t workspace_bytes() { return static_cast<std::size_t>(plan.workspace) * sizeof(Scalar); }

 private:
  static constexpr const detail::Plan<Scalar>& plan =
      network::template plan<typename Scoring::Last, detail::Backward::parameters>;

  [[gnu::cold]] detail::Examples<Scalar> checked(const X& x, const Y& y, const char* what) const {
    check_shape(x, network::input_shape::dimensions, text(what, ": inputs"));
    check_shape(y, Scoring::target_shape::dimensions, text(what, ": targets"));
    check(x.dimension(0) == y.dimension(0), what, ": ", x.dimension(0), " inputs but ", y.dimension(0), " targets");
    learner_.scoring().check_targets(y.data(), y.dimension(0), text(what, ": targets").c_str());
    return {x.data(), y.data(), x.dimension(0)};
  }

  detail::Learner<Scalar> learner_;
};

/// Joins a model with an optimiser, a loss and metrics to watch: compile(model, Adam{}, CategoricalCrossentropy{},
/// Accuracy{}). The model must outlive the trainer, which changes its parameters.
template <class Model_, class Optimizer, class Loss, class... Metrics>
Trainer<Model_, Optimizer, Loss, Metrics...> compile(Model_& model, const Optimizer& optimizer, const Loss& loss,
                                                     const Metrics&... metrics) {
  return {model, optimizer, loss, metrics...};
}

}  // namespace latent
