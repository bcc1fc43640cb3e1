/// compile(model, optimizer, loss, metrics...) and fit, evaluate.
#pragma once

#include <optional>

#include "latent/models/model.hpp"
#include "latent/training/learner.hpp"

namespace latent {

namespace engine {

/// Tensors as they are handed over: of one tensor a reference to it, too.
template <class T>
struct Referred : std::type_identity<Tensors<T>> {};
template <class... T>
struct Referred<Tensors<T...>> : std::type_identity<Tensors<T...>> {};

/// The heads of compile(model, optimizer, loss, metrics...): one without a name, for a model with one output.
template <class Loss, class... Metrics>
struct HeadsOf : std::type_identity<List<Head<"", Loss, Metrics...>>> {
  static std::tuple<Head<"", Loss, Metrics...>> make(const Loss& loss, const Metrics&... metrics) {
    return {{loss, 1, {metrics...}}};
  }
};
template <FixedString output, class Loss, class... Metrics, class... Others>
struct HeadsOf<Head<output, Loss, Metrics...>, Others...>
    : std::type_identity<List<Head<output, Loss, Metrics...>, Others...>> {
  static std::tuple<Head<output, Loss, Metrics...>, Others...> make(const Head<output, Loss, Metrics...>& head,
                                                                    const Others&... others) {
    return {head, others...};
  }
};

/// Stops the compilation if a head is for an output that is not there.
template <class Head, bool found>
struct HeadOfNoOutput {
  static_assert(
      found,
      "latent: a head is for an output that the model does not have; HeadOfNoOutput<...> in this message shows it");
  static constexpr bool reported = true;
};
template <class Heads, bool once>
struct OutputWithTwoHeads {
  static_assert(once, "latent: two heads are for one output; OutputWithTwoHeads<...> in this message shows them");
  static constexpr bool reported = true;
};

/// The heads of a model, in the order of its outputs.
template <class Network_, class Heads>
struct Scored;
template <class Network_, class... Heads>
struct Scored<Network_, List<Heads...>> {
  using Scalar = typename Network_::Scalar;
  static constexpr std::size_t count = sizeof...(Heads);
  template <std::size_t h>
  using Given = std::tuple_element_t<h, std::tuple<Heads...>>;

  /// The output of that name; the only one, if there is no name.
  static constexpr int output_of(std::string_view name) {
    if (name.empty()) return Network_::outputs == 1 ? 0 : -1;
    for (int o = 0; o < Network_::outputs; ++o)
      if (Network_::value_name(Network_::output_value(o)) == name) return o;
    return -1;
  }
  static constexpr std::array outputs{output_of(Heads::output)...};
  static_assert((HeadOfNoOutput<Heads, output_of(Heads::output) >= 0>::reported && ...));
  /// The heads by output: head order[0] is that of the first output that has one.
  static constexpr std::array order = [] {
    std::array<std::size_t, count> sorted{};
    for (std::size_t h = 0; h < count; ++h) sorted[h] = h;
    for (std::size_t i = 1; i < count; ++i)
      for (std::size_t h = i; h > 0 && outputs[sorted[h - 1]] > outputs[sorted[h]]; --h)
        std::swap(sorted[h - 1], sorted[h]);
    return sorted;
  }();
  static constexpr bool once = [] {
    for (std::size_t h = 1; h < count; ++h)
      if (outputs[order[h - 1]] == outputs[order[h]]) return false;
    return true;
  }();
  static_assert(OutputWithTwoHeads<List<Heads...>, once>::reported);

  template <int o, class Head>
  struct For;
  template <int o, FixedString name, class Loss, class... Metrics>
  struct For<o, Head<name, Loss, Metrics...>> {
    using type = ScoringFor<Scalar, typename Network_::template OutputShape<o>,
                            typename Network_::template OutputActivation<o>, Loss, Metrics...>;
  };
  /// What head k means, in the order of the outputs.
  template <std::size_t k>
  using Scoring = typename For<std::max(outputs[order[k]], 0), Given<order[k]>>::type;

  static constexpr typename Network_::Logits logits = []<std::size_t... k>(std::index_sequence<k...>) {
    return ((Scoring<k>::from_logits ? typename Network_::Logits(1) << std::max(outputs[order[k]], 0) : 0) | ...);
  }(std::make_index_sequence<count>{});
  using Targets = typename decltype([]<std::size_t... k>(std::index_sequence<k...>) {
    return OneOrSeveral<Tensors, Tensor<Scoring<k>::target_shape::rank + 1, Scalar>...>{};
  }(std::make_index_sequence<count>{}))::type;
  static constexpr auto target_shapes = []<std::size_t... k>(std::index_sequence<k...>) {
    return std::array{std::span<const Index>(Scoring<k>::target_shape::dimensions)...};
  }(std::make_index_sequence<count>{});
  static std::array<std::string, count> target_names() {
    return []<std::size_t... k>(std::index_sequence<k...>) {
      return std::array<std::string, count>{Given<order[k]>::output...};
    }(std::make_index_sequence<count>{});
  }

  static std::vector<typename Objective<Scalar>::Part> make(const std::tuple<Heads...>& heads) {
    std::vector<typename Objective<Scalar>::Part> parts;
    const auto add = [&]<std::size_t k>() {
      const auto& head = std::get<order[k]>(heads);
      parts.push_back(
          {static_cast<std::size_t>(outputs[order[k]]), head.weight,
           std::apply([&](const auto&... metrics) { return Scoring<k>::make(head.loss, metrics...); }, head.metrics)});
    };
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (add.template operator()<k>(), ...);
    }(std::make_index_sequence<count>{});
    return parts;
  }
};

}  // namespace engine

/// Inputs and targets, which stay where they are: the tensors must outlive the call they are handed to.
template <class X, class Y>
struct Data {
  std::optional<typename engine::Referred<X>::type> x;
  std::optional<typename engine::Referred<Y>::type> y;
  Data() = default;
  Data(const X& inputs, const Y& targets) : x(inputs), y(targets) {}
  template <class A, class B>
    requires OtherTensor<A, X> || OtherTensor<B, Y>
  Data(const A&, const B&) {
    tensor_does_not_fit<A, X>(), tensor_does_not_fit<B, Y>();
  }
};

/// How to train. Names and defaults are Keras's.
template <class X, class Y>
struct FitOptions {
  int epochs = 1;  ///< the number of the last epoch: with an initial_epoch of 3 and 5 epochs, two are trained
  Index batch_size = 32;
  Data<X, Y> validation_data = {};
  bool shuffle = true;
  std::optional<ProgressBar> verbose = ProgressBar{};  ///< nullopt for silence
  std::vector<Callback*> callbacks = {};
  Seed seed = {};         ///< of the shuffling, and of layers that draw random numbers
  int threads = 0;        ///< 0: as many as OpenMP offers; the results do not depend on it
  int initial_epoch = 0;  ///< for a training that goes on
  /// Into how many partial sums the gradients of a step are added, which decides how many threads and processes can share it.
  /// The last digits of the results depend on it, and on nothing else of how the work is divided.
  Index lanes = 8;
};

/// `Heads` are a loss and metrics for the only output of the model, or a head<"name">(...) for each output that has a loss.
template <class Model_, class Optimizer, class... Heads>
class Trainer {
  using Scored = engine::Scored<typename Model_::network, typename engine::HeadsOf<Heads...>::type>;

 public:
  using Scalar = typename Model_::Scalar;
  using network = typename Model_::network;
  using Scoring = typename Scored::template Scoring<0>;
  /// Inputs and targets: a tensor, or Tensors of several; the targets in the order of the outputs.
  using X = typename Model_::InputTensor;
  using Y = typename Scored::Targets;

  Trainer(Model_& model, const Optimizer& optimizer, const Heads&... heads)
      : model_(model),
        learner_(plan, model.data(), model.frozen(), model.layer_names(),
                 Scored::make(engine::HeadsOf<Heads...>::make(heads...)),
                 std::make_unique<engine::UpdaterOf<Scalar, Optimizer>>(optimizer, model.parameters(), model.data(),
                                                                        network::buffer_size)) {}

  /// Trains on inputs x and targets y; several are `fit({a, b}, {c, d})`. Throws std::invalid_argument for tensors that do not
  /// fit; and NotFinite when the loss is no longer a number, with the parameters as they were before the step, or when a step
  /// with a finite loss makes parameters infinite or NaN, which they then are.
  [[gnu::cold]] History fit(const X& x, const Y& y, const FitOptions<X, Y>& options = {}) {
    const Checked examples = checked(x, y, "fit");
    check(options.epochs >= 0, "fit: epochs is at least 0, received ", options.epochs);
    check(options.initial_epoch >= 0, "fit: initial_epoch is at least 0, received ", options.initial_epoch);
    check(options.batch_size >= 1, "fit: batch_size is at least 1, received ", options.batch_size);
    check(options.lanes >= 1 && options.lanes <= 65536, "fit: lanes is within 1..65536, received ", options.lanes);
    const int team = team_size(options.threads, "fit");
    Checked validation;
    if (const auto& data = options.validation_data; data.x) validation = checked(*data.x, *data.y, "fit: validation");
    model_.training_lanes = options.lanes;
    return learner_.fit(examples, validation,
                        {options.initial_epoch, options.epochs, options.batch_size, options.shuffle, options.verbose,
                         options.callbacks, options.seed, options.lanes},
                        team);
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

  /// Keeps what the training knows between two calls of `fit` in a file: parameters, what the optimiser keeps, steps, epochs;
  /// and takes it up again. Include io/training_state.hpp. Throws FileError, with all differences, if the file is that of
  /// another network or optimiser; then nothing has changed.
  template <class Self = Trainer>
  void save(const std::string& path) {
    save_training(path, static_cast<Self&>(*this));
  }
  template <class Self = Trainer>
  void load(const std::string& path) {
    load_training(path, static_cast<Self&>(*this));
  }
  void state(TrainingState& state) { learner_.state(state); }

  /// Calls `watch(stage, layer)` when a stage of a training step has ended; for steps on one thread.
  void watch(engine::Watch watch) { learner_.watch(watch); }

  /// Shares the work of every step with other trainers of the same model on the same data; see engine::Company.
  void join(engine::Company* company) { learner_.join(company); }

  /// Bytes of activations and gradients that one thread works in.
  static constexpr std::size_t workspace_bytes() { return static_cast<std::size_t>(plan.workspace) * sizeof(Scalar); }

  static constexpr const engine::Plan<Scalar>& plan =
      network::template plan<Scored::logits, engine::Backward::parameters>;

 private:
  struct Checked {
    std::array<const Scalar*, network::inputs> x{};
    std::array<const Scalar*, Scored::count> y{};
    Index count = 0;
    operator engine::Examples<Scalar>() const { return {x, y, count}; }
  };
  template <class Inputs, class Targets>
  [[gnu::cold]] Checked checked(const Inputs& x, const Targets& y, const char* what) const {
    const Index samples = model_.checked(x, text(what, ": inputs"));
    const Index targets =
        detail::check_shapes(y, Scored::target_shapes, Scored::target_names(), text(what, ": targets"));
    check(samples == targets, what, ": ", samples, " inputs but ", targets, " targets");
    const auto inputs = detail::data_of(x);  // as many as the model has Inputs
    const auto of_targets = detail::data_of(y);
    for (std::size_t p = 0; p < of_targets.size(); ++p)
      learner_.objective().parts()[p].scoring->check_targets(of_targets[p], targets, text(what, ": targets").c_str());
    return {inputs, of_targets, samples};
  }

  Model_& model_;
  engine::Learner<Scalar> learner_;
};

/// Joins a model with an optimiser, a loss and metrics to watch: compile(model, Adam{}, CategoricalCrossentropy{},
/// Accuracy{}); of a model with several outputs with a head for each that has a loss, see Head. The model must outlive the
/// trainer, which changes its parameters.
template <class Model_, class Optimizer, class... Heads>
  requires(sizeof...(Heads) >= 1)
Trainer<Model_, Optimizer, Heads...> compile(Model_& model, const Optimizer& optimizer, const Heads&... heads) {
  return {model, optimizer, heads...};
}

}  // namespace latent
