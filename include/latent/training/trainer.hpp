/// compile(model, optimizer, loss, metrics...) and fit, evaluate.
///
/// How a step takes its batch through the network, and why the results do not depend on the number of threads:
/// models/pass.hpp.
#pragma once

#include <cstdio>
#include <limits>
#include <optional>

#include "latent/checks/nan_tracer.hpp"
#include "latent/models/model.hpp"
#include "latent/training/callbacks.hpp"
#include "latent/training/progress.hpp"
#include "latent/training/scoring.hpp"
#include "latent/training/updater.hpp"

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
  using Scoring = latent::Scoring<network, Loss, Metrics...>;
  using X = typename Model_::InputTensor;
  using Y = Tensor<Scoring::target_shape::rank + 1, Scalar>;
  static constexpr Index lanes = 8;

  Trainer(Model_& model, const Optimizer& optimizer, const Loss& loss, const Metrics&... metrics)
      : model_(model),
        scoring_(loss, metrics...),
        updater_(optimizer, model.parameters(), model.data(), network::buffer_size) {}

  /// Trains on inputs x and targets y. Throws std::invalid_argument for tensors that do not fit, and NotFinite, with the
  /// parameters as they were before the step, when the loss is no longer a number.
  [[gnu::cold]] History fit(const X& x, const Y& y, const FitOptions<X, Y>& options = {}) {
    check_data(x, y, "fit");
    check(options.epochs >= 0, "fit: epochs is at least 0, received ", options.epochs);
    check(options.batch_size >= 1, "fit: batch_size is at least 1, received ", options.batch_size);
    const int team = team_size(options.threads, "fit");
    if (options.validation_data.x) check_data(*options.validation_data.x, *options.validation_data.y, "fit: validation");

    const Index samples = x.dimension(0), batches = (samples + options.batch_size - 1) / options.batch_size;
    Training training{.epochs = options.epochs,
                      .batches = batches,
                      .samples = samples,
                      .batch_size = options.batch_size,
                      .parameters = std::as_writable_bytes(
                          std::span(model_.data(), static_cast<std::size_t>(network::buffer_size))),
                      .learning_rate = &updater_.learning_rate()};
    std::optional<ProgressBar> progress = options.verbose;
    std::vector<Callback*> callbacks = options.callbacks;
    if (progress) callbacks.push_back(&*progress);  // the last, to show what the others add to the logs
    const auto tell = [&](void (Callback::*event)(Training&)) {
      for (Callback* callback : callbacks) (callback->*event)(training);
    };

    History history;
    std::vector<Index> order(static_cast<std::size_t>(samples));
    for (Index i = 0; i < samples; ++i) order[static_cast<std::size_t>(i)] = i;
    tell(&Callback::on_train_begin);
    for (; training.epoch < options.epochs && !training.stop; ++training.epoch) {
      if (options.shuffle)
        order = permutation(samples, Random(options.seed, Purpose::shuffle, 0, static_cast<std::uint32_t>(epochs_done_)));
      training.logs.clear();
      tell(&Callback::on_epoch_begin);
      Sums sums{};
      for (training.batch = 0; training.batch < batches; ++training.batch) {
        const Index first = training.batch * options.batch_size;
        const Index count = std::min(options.batch_size, samples - first);
        const CallMode mode = this->mode(options.seed);
        const Sums batch = step(x, y, order.data() + first, count, mode, team);
        if (const double loss = Scoring::loss(batch, count); !std::isfinite(loss))
          throw_not_finite(model_, x, order.data() + first, count, mode, loss,
                           text("epoch ", training.epoch + 1, ", batch ", training.batch + 1));
        sums += batch;
        Scoring::log(sums, first + count, training.logs);
        tell(&Callback::on_batch_end);
      }
      if (options.validation_data.x) {
        const auto& [val_x, val_y] = options.validation_data;
        Scoring::log(sums_of(*val_x, *val_y, team), val_x->dimension(0), training.logs, "val_");
      }
      tell(&Callback::on_epoch_end);
      if (options.verbose) warn(training);
      history.append(training.logs);
      ++epochs_done_;
    }
    tell(&Callback::on_train_end);
    return history;
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
    check_data(x, y, "train_on_batch");
    std::vector<Index> order(static_cast<std::size_t>(x.dimension(0)));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    const CallMode mode = this->mode(seed);
    const Sums sums = step(x, y, order.data(), x.dimension(0), mode, team_size(threads, "train_on_batch"));
    const Scores means = scores(sums, x.dimension(0));
    if (!std::isfinite(means)) throw_not_finite(model_, x, order.data(), x.dimension(0), mode, means, "train_on_batch");
    return means;
  }

  /// The mean loss and the metrics, without learning anything.
  [[gnu::cold]] Scores evaluate(const X& x, const Y& y, int threads = 0) const {
    check_data(x, y, "evaluate");
    return scores(sums_of(x, y, team_size(threads, "evaluate")), x.dimension(0));
  }

  /// Bytes of activations and gradients that one thread works in.
  static constexpr std::size_t workspace_bytes() { return network::Workspace::bytes(); }

 private:
  using Sums = typename Scoring::Sums;
  using Last = typename Scoring::Last;
  using Workspace = typename network::Workspace;
  static constexpr Index input_size = network::input_shape::size, target_size = Scoring::target_shape::size;

  static Scores scores(const Sums& sums, Index samples) {
    Scores scores;
    Scoring::log(sums, samples, scores.logs);
    return scores;
  }

  /// Says on stderr if what a layer adds to the loss is less than it ought to be.
  [[gnu::cold]] static void warn(const Training& training) {
    for (const LayerFacts& layer : network::layers) {
      if (layer.own_loss.least <= 0) continue;
      const double value = training.logs.at(layer.own_loss.name);
      if (value < layer.own_loss.least)
        std::fprintf(stderr, "warning: epoch %d, %s %.2g: %s\n", training.epoch + 1, layer.own_loss.name, value,
                     layer.own_loss.warning);
    }
  }

  /// Losses and metrics summed over all samples.
  [[gnu::cold]] Sums sums_of(const X& x, const Y& y, int team) const {
    const Index samples = x.dimension(0), chunks = (samples + network::chunk - 1) / network::chunk;
    std::vector<Sums> of_chunks(static_cast<std::size_t>(chunks));  // added in order: any number of threads, the same bits
    const auto prepared = model_.prepared();
#pragma omp parallel num_threads(team)
    {
      const Workspace workspace;
#pragma omp for schedule(dynamic, 8)
      for (Index chunk = 0; chunk < chunks; ++chunk) {
        Sums& sums = of_chunks[static_cast<std::size_t>(chunk)];
        const Index first = chunk * network::chunk;
        Call call(std::min(network::chunk, samples - first));
        call.first = first, call.batch = samples, call.loss = sums.losses.data();
        network::set_inputs(workspace, call, x.data());
        network::template forward<Last>(model_.data(), prepared.get(), workspace, call);
        if constexpr (Scoring::from_logits) network::penalize_logits(workspace, call);
        const auto result = workspace.template value<network::depth>(call.samples);
        const auto target = [&](Index n) { return y.data() + call.place(n) * target_size; };
        for (Index n = 0; n < call.samples; ++n)
          sums.losses[0] += scoring_.loss(result.sample(n), target(n), nullptr, Scalar(0));
        scoring_.add_metrics(result, target, sums);
      }
    }
    Sums sums{};
    for (const Sums& s : of_chunks) sums += s;
    add_penalties(sums, samples, nullptr);
    return sums;
  }

  /// Adds the penalties on parameters to the loss of so many samples, and their gradients to `gradients` unless it is null.
  void add_penalties(Sums& sums, Index samples, Scalar* gradients) const {
    if constexpr (network::has_penalties)
      sums.losses[network::penalty_part] += static_cast<double>(samples) * network::penalties(model_.data(), gradients);
  }

  [[gnu::cold]] static void check_data(const X& x, const Y& y, const char* what) {
    check_shape(x, network::input_shape::dimensions, text(what, ": inputs"));
    check_shape(y, Scoring::target_shape::dimensions, text(what, ": targets"));
    check(x.dimension(0) == y.dimension(0), what, ": ", x.dimension(0), " inputs but ", y.dimension(0), " targets");
    Scoring::check_targets(y, text(what, ": targets").c_str());
  }

  /// The losses of a chunk, summed, and their gradients with respect to the result before the last activation; the
  /// metrics are added to `sums`.
  double score_chunk(const Workspace& workspace, const Call& call, const Y& y, const Index* order, Scalar scale,
                     Sums& sums) const {
    const auto result = workspace.template value<network::depth>(call.samples);
    const auto dz = workspace.template gradient<network::depth>(call.samples);
    const auto target = [&](Index n) { return y.data() + order[call.place(n)] * target_size; };
    double loss = 0;
    for (Index n = 0; n < call.samples; ++n) {
      // Losses know no borders.
      Scalar* dy = dz.contiguous ? dz.sample(n) : workspace.loss_gradient();
      loss += scoring_.loss(result.sample(n), target(n), dy, scale);
      if constexpr (!dz.contiguous)
        kernels::copy_in_order(View<const Scalar, Layout<typename network::output_shape>>(dy, 1),
                               View<Scalar, typename decltype(dz)::layout>(dz.data + n * dz.size, 1));
    }
    if constexpr (Scoring::from_logits)
      network::penalize_logits(workspace, call);
    else
      network::template undo_activation_before<network::depth>(workspace, call);
    scoring_.add_metrics(result, target, sums);
    return loss;
  }

  /// How the model is called in the next step.
  CallMode mode(Seed seed) const {
    return {.training = true, .seed = seed, .step = static_cast<std::uint32_t>(updater_.steps())};
  }

  /// One step on the samples order[0 ... count); losses and metrics summed over them.
  Sums step(const X& x, const Y& y, const Index* order, Index count, const CallMode& mode, int team) {
    pass_.begin(mode, count, team);
    const auto scale = static_cast<Scalar>(1 / Scoring::terms(count));
    Sums of_lanes[lanes] = {}, sums{};
    bool finite = false;
    const auto start = [&](Index lane) {
      Scalar* gradients = lane_gradients(lane);
      std::fill_n(gradients, network::buffer_size, Scalar(0));
      if (lane == 0) add_penalties(sums, count, gradients);
      return gradients;
    };
    const auto input = [&](const Workspace& workspace, const Call& call) {
      for (Index n = 0; n < call.samples; ++n)
        network::set_input(workspace, n, x.data() + order[call.place(n)] * input_size);
    };
    const auto score = [&](const Workspace& workspace, const Call& call) {
      return score_chunk(workspace, call, y, order, scale, of_lanes[call.lane]);
    };

#pragma omp parallel num_threads(team)
    {
#pragma omp for schedule(static)
      for (int i = 0; i < network::depth; ++i) network::prepare(model_.data(), prepared_.get(), i);

      pass_.template run<Last, false>(model_.data(), prepared_.get(), start, input, score,
                                      [](const Workspace&, const Call&) {});

#pragma omp single
      {
        for (const Sums& lane : of_lanes) sums += lane;
        sums += Sums{pass_.losses(), {}};
        finite = std::isfinite(Scoring::loss(sums, count));
        if (finite) updater_.begin_step();
      }
      if (finite) updater_.update(model_.data(), gradients_.get(), pass_.used());
    }
    if (finite) pass_.remember(model_.data());
    return sums;
  }

  Scalar* lane_gradients(Index lane) const { return gradients_.get() + lane * network::buffer_size; }

  Model_& model_;
  Scoring scoring_;
  Updater<Scalar, Optimizer> updater_;
  std::shared_ptr<Scalar[]> prepared_ = aligned_zeros<Scalar>(network::prepared_size);
  std::shared_ptr<Scalar[]> gradients_ = aligned_zeros<Scalar>(lanes * network::buffer_size);
  Pass<network, lanes> pass_;
  Index epochs_done_ = 0;  // in all calls of fit, so that each epoch is shuffled differently
};

/// Joins a model with an optimiser, a loss and metrics to watch: compile(model, Adam{}, CategoricalCrossentropy{},
/// Accuracy{}). The model must outlive the trainer, which changes its parameters.
template <class Model_, class Optimizer, class Loss, class... Metrics>
Trainer<Model_, Optimizer, Loss, Metrics...> compile(Model_& model, const Optimizer& optimizer, const Loss& loss,
                                                     const Metrics&... metrics) {
  return {model, optimizer, loss, metrics...};
}

}  // namespace latent
