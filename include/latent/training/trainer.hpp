/// compile(model, optimizer, loss) and fit, evaluate.
///
/// How a step takes its batch through the network, and why the results do not depend on the number of threads:
/// models/pass.hpp.
#pragma once

#include <limits>
#include <optional>

#include "latent/checks/nan_tracer.hpp"
#include "latent/models/model.hpp"
#include "latent/training/callbacks.hpp"
#include "latent/training/progress.hpp"

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

template <class Model_, class Optimizer, class Loss>
class Trainer {
 public:
  using Scalar = typename Model_::Scalar;
  using network = typename Model_::network;
  using X = typename Model_::InputTensor;
  using Y = typename Model_::OutputTensor;
  static constexpr Index lanes = 8;

  Trainer(Model_& model, const Optimizer& optimizer, const Loss& loss)
      : optimizer_(optimizer), loss_(loss), model_(model) {
    optimizer.check_options();
    loss.check_options();
  }

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
                          std::span(model_.data(), static_cast<std::size_t>(network::buffer_size)))};
    std::optional<ProgressBar> progress = options.verbose;
    std::vector<Callback*> callbacks = options.callbacks;
    if (progress) callbacks.insert(callbacks.begin(), &*progress);
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
      Losses sums{};
      for (training.batch = 0; training.batch < batches; ++training.batch) {
        const Index first = training.batch * options.batch_size;
        const Index count = std::min(options.batch_size, samples - first);
        const Losses losses = step(x, y, order.data() + first, count, options.seed, team);
        if (!std::isfinite(total(losses)))
          throw_not_finite(model_, x, order.data() + first, count, mode(options.seed), total(losses),
                           text("epoch ", training.epoch + 1, ", batch ", training.batch + 1));
        for (std::size_t part = 0; part < sums.size(); ++part) sums[part] += losses[part] * static_cast<double>(count);
        log(sums, static_cast<double>(first + count), "", training.logs);
        tell(&Callback::on_batch_end);
      }
      if (options.validation_data.x)
        log(losses_of(*options.validation_data.x, *options.validation_data.y, team), 1, "val_", training.logs);
      history.append(training.logs);
      tell(&Callback::on_epoch_end);
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

  /// One step on one batch; returns its mean loss before the step. Throws as fit does. `seed` is for layers that draw
  /// random numbers.
  double train_on_batch(const X& x, const Y& y, int threads = 0, Seed seed = {}) {
    check_data(x, y, "train_on_batch");
    std::vector<Index> order(static_cast<std::size_t>(x.dimension(0)));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    const Losses losses = step(x, y, order.data(), x.dimension(0), seed, team_size(threads, "train_on_batch"));
    if (!std::isfinite(total(losses)))
      throw_not_finite(model_, x, order.data(), x.dimension(0), mode(seed), total(losses), "train_on_batch");
    return total(losses);
  }

  /// The mean loss, without learning anything.
  [[gnu::cold]] double evaluate(const X& x, const Y& y, int threads = 0) const {
    check_data(x, y, "evaluate");
    return total(losses_of(x, y, team_size(threads, "evaluate")));
  }

  /// Bytes of activations and gradients that one thread works in.
  static constexpr std::size_t workspace_bytes() { return network::Workspace::bytes(); }

 private:
  static constexpr Index input_size = network::input_shape::size, output_size = network::output_shape::size;
  using Losses = typename network::Losses;
  using Workspace = typename network::Workspace;

  // A loss that looks through the last activation gets the logits.
  static constexpr bool from_logits = std::is_same_v<typename Loss::absorbs, typename network::last_activation>;
  using Last = std::conditional_t<from_logits, Linear, typename network::last_activation>;

  [[gnu::noinline]] double loss_of(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const {
    if constexpr (from_logits)
      return loss_.from_logits(y, t, dy, output_size, scale);
    else
      return loss_(y, t, dy, output_size, scale);
  }

  [[gnu::cold]] static void check_data(const X& x, const Y& y, const char* what) {
    Model_::check_shape(x, network::input_shape::dimensions, text(what, ": inputs").c_str());
    Model_::check_shape(y, network::output_shape::dimensions, text(what, ": targets").c_str());
    check(x.dimension(0) == y.dimension(0), what, ": ", x.dimension(0), " inputs but ", y.dimension(0), " targets");
  }

  /// The loss is the sum of its parts: that of the targets, and what the model adds.
  static double total(const Losses& losses) {
    double sum = 0;
    for (double part : losses) sum += part;
    return sum;
  }
  /// Writes "loss", and its parts if it has more than one, each divided by `weight`.
  [[gnu::cold]] static void log(const Losses& losses, double weight, const std::string& prefix, Logs& logs) {
    logs[prefix + "loss"] = total(losses) / weight;
    for (std::size_t part = 0; part < losses.size() && losses.size() > 1; ++part)
      logs[prefix + network::loss_parts.names[part]] = losses[part] / weight;
  }

  [[gnu::cold]] Losses losses_of(const X& x, const Y& y, int team) const {
    const Index samples = x.dimension(0), chunks = (samples + network::chunk - 1) / network::chunk;
    std::vector<Losses> sums(static_cast<std::size_t>(chunks));  // added in order: the same bits for any number of threads
    const auto prepared = model_.prepared();
#pragma omp parallel num_threads(team)
    {
      const Workspace workspace;
#pragma omp for schedule(dynamic, 8)
      for (Index chunk = 0; chunk < chunks; ++chunk) {
        const Index first = chunk * network::chunk;
        Call call(std::min(network::chunk, samples - first));
        call.first = first, call.batch = samples, call.loss = sums[static_cast<std::size_t>(chunk)].data();
        network::set_inputs(workspace, call, x.data());
        network::template forward<Last>(model_.data(), prepared.get(), workspace, call);
        if constexpr (from_logits) network::penalize_logits(workspace, call);
        const auto result = workspace.template value<network::depth>(call.samples);
        for (Index n = 0; n < call.samples; ++n)
          *call.loss += loss_of(result.sample(n), y.data() + call.place(n) * output_size, static_cast<Scalar*>(nullptr), Scalar(0));
      }
    }
    Losses losses{};
    for (const Losses& chunk : sums)
      for (std::size_t part = 0; part < losses.size(); ++part) losses[part] += chunk[part];
    losses[0] /= static_cast<double>(samples * output_size);
    for (std::size_t part = 1; part < losses.size(); ++part) losses[part] /= static_cast<double>(samples);
    if constexpr (network::has_penalties) losses[network::penalty_part] += network::penalties(model_.data(), nullptr);
    return losses;
  }

  /// The sum of the losses of a chunk, and their gradients with respect to the result before the last activation.
  double loss_of_chunk(const Workspace& workspace, const Call& call, const Y& y, const Index* order, Scalar scale) const {
    const auto result = workspace.template value<network::depth>(call.samples);
    const auto dz = workspace.template gradient<network::depth>(call.samples);
    double sum = 0;
    Scalar* dy = workspace.loss_gradient();
    for (Index n = 0; n < call.samples; ++n) {
      sum += loss_of(result.sample(n), y.data() + order[call.place(n)] * output_size, dy, scale);
      kernels::copy_in_order(View<const Scalar, Layout<typename network::output_shape>>(dy, 1),
                            View<Scalar, typename decltype(dz)::layout>(dz.data + n * dz.size, 1));
    }
    if constexpr (from_logits)
      network::penalize_logits(workspace, call);
    else
      network::template undo_activation_before<network::depth>(workspace, call);
    return sum;
  }

  /// How the model is called in the next step.
  CallMode mode(Seed seed) const { return {.training = true, .seed = seed, .step = static_cast<std::uint32_t>(steps_)}; }

  Losses step(const X& x, const Y& y, const Index* order, Index count, Seed seed, int team) {
    pass_.begin(mode(seed), count, team);
    const Scalar scale = Scalar(1) / static_cast<Scalar>(count * output_size);
    double penalties = 0;
    Losses losses{};
#pragma omp parallel num_threads(team)
    {
#pragma omp for schedule(static)
      for (int i = 0; i < network::depth; ++i) network::prepare(model_.data(), prepared_.get(), i);

      pass_.template run<Last, false>(
          model_.data(), prepared_.get(),
          [&](Index lane) {
            Scalar* gradients = lane_gradients(lane);
            std::fill_n(gradients, network::buffer_size, Scalar(0));
            if constexpr (network::has_penalties)
              if (lane == 0) penalties = network::penalties(model_.data(), gradients);
            return gradients;
          },
          [&](const Workspace& workspace, const Call& call) {
            for (Index n = 0; n < call.samples; ++n)
              network::set_input(workspace, n, x.data() + order[call.place(n)] * input_size);
          },
          [&](const Workspace& workspace, const Call& call) { return loss_of_chunk(workspace, call, y, order, scale); },
          [](const Workspace&, const Call&) {});

#pragma omp single
      {
        losses = pass_.losses();
        losses[0] /= static_cast<double>(count * output_size);
        if constexpr (network::has_penalties) losses[network::penalty_part] += penalties;
      }

      if (std::isfinite(total(losses))) {
#pragma omp for schedule(static)
        for (std::size_t i = 0; i < slices_.size(); ++i) update(slices_[i].first, slices_[i].count, pass_.used());
      }
    }
    if (std::isfinite(total(losses))) {
      ++steps_;
      pass_.remember(model_.data());
    }
    return losses;
  }

  Scalar* lane_gradients(Index lane) const { return gradients_.get() + lane * network::buffer_size; }

  /// A slice of the trainable parameters is summed over the lanes, updated, and no longer needed.
  struct Piece {
    Index first, count;
  };
  [[gnu::cold]] static std::vector<Piece> slices() {
    std::vector<Piece> pieces;
    const auto add_run = [&](Index first, Index end) {
      constexpr Index most = 1024;
      for (; first < end; first += most) pieces.push_back({first, std::min(most, end - first)});
    };
    Index first = 0, offset = 0;
    for (const LayerFacts& layer : network::layers)
      for (const ParameterSpec& spec : layer.parameters) {
        const Index next = offset + network::aligned(spec.size());
        if (!spec.trainable) add_run(first, offset), first = next;
        offset = next;
      }
    add_run(first, offset);
    return pieces;
  }

  /// Adds up the lanes and takes the optimiser's step for the parameters [first, first + count).
  [[gnu::noinline]] void update(Index first, Index count, Index used) {
    Slice<Scalar> g(lane_gradients(0) + first, count);
    for (Index lane = 1; lane < used; ++lane) g += Slice<const Scalar>(lane_gradients(lane) + first, count);
    const auto state = [&]<std::size_t... s>(std::index_sequence<s...>) {
      return std::array<Slice<Scalar>, sizeof...(s)>{
          Slice<Scalar>(state_.get() + static_cast<Index>(s) * network::buffer_size + first, count)...};
    }(std::make_index_sequence<Optimizer::slots>{});
    optimizer_.template update<Scalar>(steps_ + 1, Slice<Scalar>(model_.data() + first, count), Slice<const Scalar>(g.data(), count), state);
  }

  Optimizer optimizer_;
  Loss loss_;
  Model_& model_;
  std::shared_ptr<Scalar[]> prepared_ = aligned_zeros<Scalar>(network::prepared_size);
  std::shared_ptr<Scalar[]> gradients_ = aligned_zeros<Scalar>(lanes * network::buffer_size);
  std::shared_ptr<Scalar[]> state_ = aligned_zeros<Scalar>(Optimizer::slots * network::buffer_size);
  Pass<network, lanes> pass_;
  std::vector<Piece> slices_ = slices();
  Index steps_ = 0;        // taken so far
  Index epochs_done_ = 0;  // in all calls of fit, so that each epoch is shuffled differently
};

/// Joins a model with an optimiser and a loss. The model must outlive the trainer, which changes its parameters.
template <class Model_, class Optimizer, class Loss>
Trainer<Model_, Optimizer, Loss> compile(Model_& model, const Optimizer& optimizer, const Loss& loss) {
  return {model, optimizer, loss};
}

}  // namespace latent
