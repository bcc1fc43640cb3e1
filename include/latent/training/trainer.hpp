/// compile(model, optimizer, loss, metrics...) and fit, evaluate.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include "latent/models/model.hpp"
#include "latent/training/build_hint.hpp"
#include "latent/training/fit_options.hpp"
#include "latent/training/heads.hpp"
#include "latent/training/learner.hpp"

namespace latent {

// What a function that refuses its arguments names; see core/compiler.hpp.
struct x_and_y_are_tensors_and_options_are_in_the_order_of_FitOptions;
struct x_and_y_are_tensors_and_options_are_in_the_order_of_StepOptions;
struct x_and_y_are_tensors_and_options_are_in_the_order_of_EvaluateOptions;
struct write_model_predict;
struct write_model_summary;
struct write_compile_model_optimizer_loss_metrics;

/// The gradients of a loss, and the loss itself with metrics: `step["conv2d/kernel"]`, `step.scores["loss"]`.
template <class Scalar>
struct LossGradients {
  Scores scores;                    ///< loss and metrics
  NamedNumbers<Scalar> parameters;  ///< the gradients by the names of parameters

  /// The gradient of one trainable parameter tensor by name. Throws std::out_of_range for a name that is not there.
  const std::vector<Scalar>& operator[](const std::string& name) const& { return detail::named_in(parameters, name); }
  std::vector<Scalar> operator[](const std::string& name) && { return detail::named_in(parameters, name); }  ///< a copy
};

/// `Heads` are a loss and metrics for the only output of the model, or a head<"name">(...) for each output that has a loss.
template <class Model_, class Optimizer, class... Heads>
class Trainer {
  using Scored = engine::Scored<typename Model_::network, typename engine::HeadsOf<Heads...>::type>;

 public:
  using Scalar = typename Model_::Scalar;
  using network = typename Model_::network;              ///< the layers of the model
  using Scoring = typename Scored::template Scoring<0>;  ///< how output 0 is scored
  /// Inputs and targets: a tensor, or Tensors of several; the targets in the order of the outputs.
  using X = typename Model_::InputTensor;
  using Y = typename Scored::Targets;  ///< the targets: a tensor, or Tensors<...>

  /// Trains that model, which must outlive it. compile() makes it.
  Trainer(Model_& model, const Optimizer& optimizer, const Heads&... heads)
      : model_(model),
        learner_(plan, model.data(), model.facts(), Scored::make(engine::HeadsOf<Heads...>::make(heads...)),
                 std::make_unique<engine::UpdaterOf<Scalar, Optimizer>>(optimizer, model.parameters(), model.data(),
                                                                        network::buffer_size)) {}

  /// Trains on inputs x and targets y, or on several: `fit({a, b}, {c, d})`. Throws std::invalid_argument for tensors or options
  /// that do not fit. Throws NotFinite if the loss is NaN or infinite; the parameters are then those before the step. Throws it also
  /// if a step with a finite loss makes parameters infinite or NaN; they then stay so.
  [[gnu::cold]] History fit(const X& x, const Y& y, const FitOptions<X, Y>& options = {}) {
    check_fit_options(options);
    Checked examples = checked(x, y, options.sample_weight, "fit"), validation;
    check_numbers(examples, "fit");
    if (options.validation_split > 0 && !options.validation_data) {
      // https://keras.io/api/models/model_training_apis/: the last samples, before any shuffling.
      const double share = 1 - options.validation_split;
      const auto first = static_cast<Index>(std::floor(static_cast<double>(examples.count) * share));
      check(first > 0 && first < examples.count, "fit: a validation_split of ", options.validation_split, " of ",
            examples.count, " samples leaves nothing for ", first == 0 ? "training" : "validation");
      validation = examples.from(first);
      examples.count = first;
    }
    if (!options.class_weight.empty()) count_classes(examples, options.class_weight);
    engine::MemoryFeed<Scalar> feed(examples, options.batch_size, {options.shuffle, options.seed});
    if (validation.count == 0) return fit_from(feed, options);
    engine::MemoryFeed<Scalar> of_validation(validation, validation_batch(options), {});
    return fit_from(feed, options, &of_validation);
  }
  /// Refuses data that does not fit the model, with a message.
  template <class A, class B>
    requires OtherTensors<A, X, B, Y>
  History fit(const A&, const B&, const FitOptions<X, Y>& = {}) {
    tensors_do_not_fit<A, X, B, Y>();
    return {};
  }
  /// @cond
  template <class hint = x_and_y_are_tensors_and_options_are_in_the_order_of_FitOptions>
  LATENT_INSTEAD(
      "fit takes tensors x and y, or a source, and options, each with the type that FitOptions says, in this order: "
      "{.epochs, "
      ".batch_size, .validation_split, .validation_data = {x, y}, .validation_freq, .validation_batch_size, "
      ".validation_steps, .shuffle, .verbose = std::nullopt, .callbacks = {&early}, .class_weight, .sample_weight, "
      ".seed, "
      ".threads, .initial_epoch, .steps_per_epoch, .prefetch, .lanes}")
  History fit(...) LATENT_REFUSED;
  /// @endcond
  /// The same on the batches of a source, of which `prefetch` are read ahead. Exceptions of the source reach the caller
  /// after the steps on the batches before; the training can then be continued.
  [[gnu::cold]] History fit(SourceFor<X, Y>& source, const FitOptions<X, Y>& options = {}) {
    check_fit_options(options);
    check(options.validation_split == 0, "fit: validation_split is for tensors; a source needs validation_data");
    check(options.sample_weight.empty(), "fit: sample_weight is for tensors; the batches of a source have their own");
    engine::SourceFeed<Scalar> feed(open(source, options.class_weight, "fit"),
                                    {options.shuffle && !source.shuffles() && source.size() > 0, options.seed},
                                    options.prefetch);
    return fit_from(feed, options);
  }

  /// One step on one batch; returns its mean loss before the step, and the metrics. Throws as fit does. `seed` is for
  /// layers that draw random numbers.
  Scores train_on_batch(const X& x, const Y& y, int threads = 0, Seed seed = {}) {
    return train_on_batch(x, y, StepOptions<Scalar>{.seed = seed, .threads = threads});
  }
  /// The same, with options.
  Scores train_on_batch(const X& x, const Y& y, const StepOptions<Scalar>& options) {
    return learner_.step_on(checked(x, y, options, "train_on_batch"), options.seed,
                            team_size(options.threads, "train_on_batch"));
  }

  /// @cond
  template <class A, class B>
    requires OtherTensors<A, X, B, Y>
  Scores train_on_batch(const A&, const B&) {
    tensors_do_not_fit<A, X, B, Y>();
    return {};
  }
  template <class hint = x_and_y_are_tensors_and_options_are_in_the_order_of_StepOptions>
  LATENT_INSTEAD(
      "train_on_batch takes tensors x and y, and options, in this order: {.sample_weight, .class_weight, .seed, "
      ".threads}")
  Scores train_on_batch(...) LATENT_REFUSED;
  template <class A, class B>
    requires OtherTensors<A, X, B, Y>
  Scores evaluate(const A&, const B&) const {
    tensors_do_not_fit<A, X, B, Y>();
    return {};
  }
  template <class hint = x_and_y_are_tensors_and_options_are_in_the_order_of_EvaluateOptions>
  LATENT_INSTEAD(
      "evaluate takes tensors x and y, or a source, and options, in this order: {.batch_size, .sample_weight, .steps, "
      ".threads, .prefetch}")
  Scores evaluate(...) const LATENT_REFUSED;
  template <class A, class B>
    requires OtherTensors<A, X, B, Y>
  LossGradients<Scalar> gradients(const A&, const B&) {
    tensors_do_not_fit<A, X, B, Y>();
    return {};
  }
  template <class hint = write_model_predict>
  LATENT_INSTEAD("write model.predict(x): the trainer trains and evaluates the model")
  void predict(...) const LATENT_REFUSED;
  template <class hint = write_model_summary>
  LATENT_INSTEAD("write model.summary()")
  void summary(...) const LATENT_REFUSED;
  /// @endcond

  /// For training loops of your own: the gradients of a batch's loss by name, loss and metrics, without a step. A
  /// BatchNormalization updates its
  /// moving averages, as in Keras's model(x, training=True). Throws as train_on_batch.
  LossGradients<Scalar> gradients(const X& x, const Y& y, const StepOptions<Scalar>& options = {}) {
    const auto [scores, buffer] =
        learner_.gradients(checked(x, y, options, "gradients"), options.seed, team_size(options.threads, "gradients"));
    return {scores, model_.trainable_numbers(buffer)};
  }
  /// Takes the optimiser's step with `gradients.parameters`, which are clipped in each call.
  /// gradients() and apply() give the same bits as train_on_batch. Throws std::invalid_argument if the gradient of a parameter
  /// is missing, and NotFinite as fit does.
  template <class Gradients_>
  void apply(const Gradients_& gradients, int threads = 0) {
    learner_.apply(gradients.parameters, team_size(threads, "apply"));
  }

  /// The mean loss and the metrics, without training; NaN where the data are. Throws std::invalid_argument for targets outside the
  /// range of the loss.
  Scores evaluate(const X& x, const Y& y, int threads = 0) const {
    return evaluate(x, y, EvaluateOptions<Scalar>{.threads = threads});
  }
  /// The same, with options.
  Scores evaluate(const X& x, const Y& y, const EvaluateOptions<Scalar>& options) const {
    const Checked examples = checked(x, y, options.sample_weight, "evaluate");
    check_ranges(examples, "evaluate");
    check(options.batch_size >= 0, "evaluate: batch_size is at least 0, received ", options.batch_size);
    engine::MemoryFeed<Scalar> feed(examples, options.batch_size > 0 ? options.batch_size : examples.count, {});
    return evaluate_from(feed, options);
  }
  /// The same, of all batches of a source.
  Scores evaluate(SourceFor<X, Y>& source, const EvaluateOptions<Scalar>& options = {}) const {
    check(options.sample_weight.empty(),
          "evaluate: sample_weight is for tensors; the batches of a source have their own");
    engine::SourceFeed<Scalar> feed(open(source, {}, "evaluate", false), {},
                                    checked_prefetch(options.prefetch, "evaluate"));
    return evaluate_from(feed, options);
  }

  /// Saves the state of the training between two calls of `fit`: parameters, the optimiser's state, steps, epochs.
  /// Needs io/training_state.hpp. Throws FileError if the file cannot be written.
  template <class Self = Trainer>
  void save(const std::string& path) {
    save_training(path, static_cast<Self&>(*this));
  }
  /// Restores a state that save() wrote. Throws FileError, with all differences, if it is that of another network or optimiser;
  /// then nothing has changed.
  template <class Self = Trainer>
  void load(const std::string& path) {
    load_training(path, static_cast<Self&>(*this));
  }
  void state(TrainingState& state) { learner_.state(state); }

  /// Calls `watch(stage, layer)` after each stage of a training step; for steps on one thread.
  void watch(engine::Watch watch) { learner_.watch(watch); }

  /// Shares the work of each step with other trainers of the same model on the same data; see engine::Company.
  void join(engine::Company* company) { learner_.join(company); }

  /// Bytes of activations and gradients that one thread works in.
  static constexpr std::size_t workspace_bytes() { return static_cast<std::size_t>(plan.workspace) * sizeof(Scalar); }

  /// The table of the layers' functions.
  static constexpr const engine::Plan<Scalar>& plan =
      network::template plan<Scored::logits, engine::Backward::parameters>;

 private:
  static constexpr std::size_t losses = Scored::count;
  struct Checked {
    std::array<const Scalar*, network::inputs> x{};
    std::array<const Scalar*, losses> y{};
    std::vector<const Scalar*> weights;  // none, or of each loss
    Index count = 0;
    std::vector<Scalar> of_classes;
    operator engine::Examples<Scalar>() const { return {x, y, weights, count}; }
    /// The samples from `first` on.
    Checked from(Index first) const {
      Checked rest = *this;
      for (std::size_t i = 0; i < x.size(); ++i) rest.x[i] += first * sample_size(network::input_shapes[i]);
      for (std::size_t p = 0; p < losses; ++p) rest.y[p] += first * sample_size(Scored::target_shapes[p]);
      for (const Scalar*& of_loss : rest.weights) of_loss += first;
      rest.count -= first;
      return rest;
    }
    static Index sample_size(std::span<const Index> shape) {
      return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>{});
    }
  };
  template <class Inputs, class Targets>
  [[gnu::cold]] Checked checked(const Inputs& x, const Targets& y, const SampleWeight<Scalar>& sample_weight,
                                const char* what) const {
    const Index samples = model_.checked(x, text(what, ": inputs"));
    const Index targets =
        detail::check_shapes(y, Scored::target_shapes, Scored::target_names(), text(what, ": targets"));
    check(samples == targets, what, ": ", samples, " inputs but ", targets, " targets");
    const auto inputs = detail::data_of(x);  // as many as the model has Inputs
    const auto of_targets = detail::data_of(y);
    for (std::size_t p = 0; p < of_targets.size(); ++p)
      learner_.objective().parts()[p].scoring->check_targets(of_targets[p], targets, text(what, ": targets").c_str());
    Checked all{inputs, of_targets, {}, samples, {}};
    const auto& of_losses = sample_weight.of_loss;
    check(of_losses.size() <= 1 || of_losses.size() == losses, what, ": ", of_losses.size(), " sample_weights but ",
          losses, losses == 1 ? " loss" : " losses");
    for (std::size_t p = 0; p < losses && !of_losses.empty(); ++p) {
      const std::vector<Scalar>& weights = of_losses[of_losses.size() == 1 ? 0 : p];
      check(static_cast<Index>(weights.size()) == samples, what, ": ", samples, " inputs but ", weights.size(),
            " numbers in sample_weight");
      for (std::size_t n = 0; n < weights.size(); ++n)
        check(std::isfinite(weights[n]), what, ": sample_weight of sample ", n, " is ", weights[n]);
      all.weights.push_back(weights.data());
    }
    return all;
  }
  [[gnu::cold]] Checked checked(const X& x, const Y& y, const StepOptions<Scalar>& options, const char* what) const {
    Checked all = checked(x, y, options.sample_weight, what);
    check_ranges(all, what);  // what is not finite a step notices itself
    if (!options.class_weight.empty()) count_classes(all, options.class_weight, what);
    return all;
  }
  /// Gives each sample the weight of its class: the largest of several targets, or the only one, rounded.
  [[gnu::cold]] void count_classes(Checked& all, const std::map<int, double>& class_weight,
                                   const char* what = "fit") const {
    check(losses == 1, what, ": class_weight is for a model with one loss, this one has ", losses);
    check(all.weights.empty(), what, ": expected class_weight or sample_weight, received both");
    const Index size = Checked::sample_size(Scored::target_shapes[0]);
    check(Scored::target_shapes[0].size() <= 1, what, ": class_weight is for targets with one class to a sample");
    const Index classes = learner_.objective().parts()[0].scoring->classes();
    for (const auto& [label, weight] : class_weight) {
      check(std::isfinite(weight), what, ": class_weight of class ", label, " is ", weight);
      check(classes == 0 || (label >= 0 && label < classes), what, ": class_weight has the class ", label,
            ", but the targets have 0 to ", classes - 1);
    }
    for (Index n = 0; n < all.count; ++n) {
      const Scalar* const t = all.y[0] + n * size;
      check(size > 1 || std::abs(*t) <= Scalar(1e9), what, ": class_weight: the target of sample ", n, " is ", *t,
            ", which is no class");
      const auto label = size > 1 ? static_cast<int>(index_of_largest(t, size)) : static_cast<int>(std::nearbyint(*t));
      const auto found = class_weight.find(label);
      all.of_classes.push_back(found == class_weight.end() ? Scalar(1) : static_cast<Scalar>(found->second));
    }
    all.weights = {all.of_classes.data()};
  }

  [[gnu::cold]] static Index checked_prefetch(Index prefetch, const char* what) {
    check(prefetch >= 0, what, ": prefetch is at least 0, received ", prefetch);
    return prefetch;
  }
  [[gnu::cold]] static void check_fit_options(const FitOptions<X, Y>& options) {
    const auto at_least = [](Index least, Index received, const char* option) {
      check(received >= least, "fit: ", option, " is at least ", least, ", received ", received);
    };
    at_least(0, options.epochs, "epochs");
    at_least(0, options.initial_epoch, "initial_epoch");
    at_least(1, options.batch_size, "batch_size");
    check(options.lanes >= 1 && options.lanes <= 65536, "fit: lanes is within 1..65536, received ", options.lanes);
    at_least(0, options.validation_batch_size, "validation_batch_size");
    at_least(0, options.steps_per_epoch, "steps_per_epoch");
    at_least(0, options.validation_steps, "validation_steps");
    for (std::size_t i = 0; i < options.callbacks.size(); ++i)
      check(options.callbacks[i] != nullptr, "fit: callback ", i, " of ", options.callbacks.size(),
            " is a null pointer");
    options.validation_freq.check_options();
    checked_prefetch(options.prefetch, "fit");
    check(options.validation_split >= 0 && options.validation_split < 1,
          "fit: validation_split is within 0..1, 1 excluded, received ", options.validation_split);
  }
  static Index validation_batch(const FitOptions<X, Y>& options) {
    return options.validation_batch_size > 0 ? options.validation_batch_size : options.batch_size;
  }
  /// `split` is what validation_split has put aside.
  [[gnu::cold]] History fit_from(engine::Feed<Scalar>& feed, const FitOptions<X, Y>& options,
                                 engine::Feed<Scalar>* split = nullptr) {
    if (options.verbose) detail::hint_at_flags();
    const auto& [x, y, sample_weight, source] = options.validation_data;
    Checked validation;
    std::unique_ptr<engine::Feed<Scalar>> given;
    if (x) {
      validation = checked(*x, *y, sample_weight, "fit: validation");
      check_numbers(validation, "fit: validation");
      given = std::make_unique<engine::MemoryFeed<Scalar>>(validation, validation_batch(options), engine::Shuffling{});
    } else if (source) {
      given = std::make_unique<engine::SourceFeed<Scalar>>(open(*source, {}, "fit: validation"), engine::Shuffling{},
                                                           options.prefetch);
    }
    const engine::Settings settings{options.initial_epoch,
                                    options.epochs,
                                    options.steps_per_epoch,
                                    options.validation_steps,
                                    [&](int epoch) { return options.validation_freq.has(epoch); },
                                    options.verbose,
                                    options.callbacks,
                                    options.seed,
                                    options.lanes};
    const int team = team_size(options.threads, "fit");
    model_.training_lanes = options.lanes;
    return learner_.fit(feed, given ? given.get() : split, settings, team);
  }
  [[gnu::cold]] Scores evaluate_from(engine::Feed<Scalar>& feed, const EvaluateOptions<Scalar>& options) const {
    check(options.steps >= 0, "evaluate: steps is at least 0, received ", options.steps);
    return learner_.evaluate(feed, options.steps, team_size(options.threads, "evaluate"));
  }

  /// A source whose batches are checked, and weighted by class, whenever they are read, by the thread that reads ahead.
  [[gnu::cold]] engine::OpenSource<Scalar> open(SourceFor<X, Y>& source, const std::map<int, double>& class_weight,
                                                const char* what, bool refuse_nan = true) const {
    const Index size = source.size();
    check(size >= 0, what, ": a source has at least 0 batches, received ", size);
    const auto read = [this, &source, class_weight, what, refuse_nan](Index i) {
      using KeptBatch = std::pair<typename SourceFor<X, Y>::Batch, Checked>;
      const auto kept = std::make_shared<KeptBatch>(source.batch(i), Checked{});
      auto& [batch, all] = *kept;
      const std::string which = text(what, ": batch ", i, " of the source");
      all = checked(batch.x, batch.targets(), batch.sample_weight, which.c_str());
      refuse_nan ? check_numbers(all, which.c_str()) : check_ranges(all, which.c_str());
      if (!class_weight.empty()) count_classes(all, class_weight, which.c_str());
      return engine::ReadBatch<Scalar>{
          kept, {all.x.begin(), all.x.end()}, {all.y.begin(), all.y.end()}, all.weights, all.count};
    };
    return {size, [&source](Index epoch) { source.on_epoch_begin(epoch); }, read, [&source] { source.on_epoch_end(); }};
  }
  [[gnu::cold]] void check_ranges(const Checked& data, const char* what) const {
    for (std::size_t p = 0; p < data.y.size(); ++p)
      learner_.objective().parts()[p].scoring->check_range(data.y[p], data.count, text(what, ": targets"));
  }
  [[gnu::cold]] void check_numbers(const Checked& data, const char* what) const {
    for (std::size_t p = 0; p < data.y.size(); ++p)
      engine::check_values(data.y[p], data.count, learner_.objective().parts()[p].scoring->target_size(),
                           text(what, ": targets"));
    check_ranges(data, what);
    std::size_t input = 0;
    for (const Scalar* x : data.x) {
      const Index size = plan.input(input++).scalars();
      if (std::find(data.y.begin(), data.y.end(), x) == data.y.end())  // an auto-encoder's inputs are its targets
        engine::check_values(x, data.count, size, text(what, ": inputs"));
    }
  }

  Model_& model_;
  engine::Learner<Scalar> learner_;
};

/// Makes a trainer of a model, an optimiser, a loss and metrics: compile(model, Adam{}, CategoricalCrossentropy{},
/// Accuracy{}). A model with several outputs gets a head for each output that has a loss, see Head. The model must outlive the
/// trainer, which changes its parameters.
template <class Model_, class Optimizer, class... Heads>
  requires engine::CanBeCompiled<Model_&, Optimizer, Heads...>
Trainer<Model_, Optimizer, Heads...> compile(Model_& model LATENT_LIFETIMEBOUND, const Optimizer& optimizer,
                                             const Heads&... heads) {
  return {model, optimizer, heads...};
}
/// @cond
// Other arguments, and what is wrong with them.
namespace engine {
template <class Model_, class Optimizer, class... Others>
struct NotCompiled {
  using Given = std::remove_cvref_t<Model_>;
  static_assert(AnyModel<Given> && std::is_same_v<Model_, Given&>,
                "latent: compile(model, optimizer, loss, metrics...): the first argument is a model, which the trainer "
                "changes: a variable, not const");
  static_assert(
      AnyOptimizer<Optimizer>,
      "latent: compile(model, optimizer, loss, metrics...): the second argument is an optimiser, such as Adam{} or "
      "SGD{.learning_rate = 0.1}, or one of your own with all that optimizers/optimizer.hpp lists");
  static_assert(!AnyOptimizer<Optimizer> || LossAndMetrics<float, Others...>,
                "latent: compile(model, optimizer, loss, metrics...): after the optimiser come a loss, such as "
                "MeanSquaredError{}, and metrics, such as Accuracy{}, or a head<\"name\">(loss) for each output; a "
                "loss of your own "
                "has all that losses/loss.hpp lists");
};
}  // namespace engine
template <class Model_, class Optimizer, class... Others>
  requires(!engine::CanBeCompiled<Model_, Optimizer, Others...>)
engine::NotCompiled<Model_, Optimizer, Others...> compile(Model_&&, const Optimizer&, const Others&...) {
  return {};
}
template <class hint = write_compile_model_optimizer_loss_metrics>
LATENT_INSTEAD("write compile(model, Adam{}, MeanSquaredError{}, Accuracy{}): a model, an optimiser, a loss, metrics")
void compile(...) LATENT_REFUSED;
/// @endcond

}  // namespace latent
