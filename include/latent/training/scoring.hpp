/// How a model is evaluated: the loss of its targets, its own losses, and the metrics passed to compile().
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <tuple>

#include "latent/metrics/named.hpp"
#include "latent/metrics/weighted.hpp"
#include "latent/models/chunk.hpp"
#include "latent/training/check_values.hpp"
#include "latent/training/history.hpp"

namespace latent {

/// The result of evaluate and train_on_batch. It converts to a number, the loss; scores["accuracy"] is a metric.
struct Scores {
  Logs logs;  ///< by name, "loss" among them

  /// The loss.
  operator double() const { return (*this)["loss"]; }  // NOLINT: const double loss = trainer.evaluate(x, y);
  /// The value of that name. Throws std::invalid_argument for a name that is not there.
  template <class Name>  // and not std::string alone: "loss" is no pointer to add a number to
  double operator[](const Name& name) const {
    const auto found = logs.find(name);
    check(found != logs.end(), "Scores: there is no \"", name, "\", only ", names_in(logs),
          "; metrics are handed to compile()");
    return found->second;
  }
  /// @cond
  template <class Number>
    requires std::is_arithmetic_v<Number>
  double operator[](const Number&) const {
    static_assert(!std::is_arithmetic_v<Number>,
                  "latent: scores have names, not places: write scores[\"loss\"] or scores[\"accuracy\"]");
    return 0;
  }
  /// @endcond
};

/// The loss for one output of a model with several, its weight in the sum, and metrics:
///
///     compile(model, Adam{}, head<"image">(BinaryCrossentropy{}), head<"digit">(CategoricalCrossentropy{}, 0.1, Accuracy{}))
///
/// Keras: loss={"image": ..., "digit": ...}, loss_weights={"digit": 0.1}, metrics={"digit": ["accuracy"]}.
template <FixedString output_, class Loss_, class... Metrics>
struct Head {
  using Loss = Loss_;                                        ///< the type of its loss
  static constexpr const char* output = output_.characters;  ///< the name of the output
  Loss loss;                                                 ///< its loss
  double weight = 1;                                         ///< the factor of the loss in the sum
  std::tuple<Metrics...> metrics = {};                       ///< its metrics
};
/// The loss and the metrics of the output of that name.
template <FixedString output, class Loss, class... Metrics>
  requires(std::is_class_v<Metrics> && ...)
Head<output, Loss, Metrics...> head(const Loss& loss, const Metrics&... metrics) {
  return {loss, 1, {metrics...}};
}
/// The same, with a factor for the loss.
template <FixedString output, class Loss, class... Metrics>
Head<output, Loss, Metrics...> head(const Loss& loss, double weight, const Metrics&... metrics) {
  return {loss, weight, {metrics...}};
}

/// @cond
struct write_head_with_the_name_of_the_output_in_angle_brackets;
template <class hint = write_head_with_the_name_of_the_output_in_angle_brackets>
LATENT_INSTEAD(
    "write head<\"digit\">(CategoricalCrossentropy{}, 0.1, Accuracy{}): the output's name stands in angle brackets")
void head(...) LATENT_REFUSED;
/// @endcond

namespace engine {

/// Sums over samples: of the loss of each head, of each part that the network adds, of each metric, and then, for each head,
/// of the samples' weights.
using Sums = std::vector<double>;

/// A metric's name, the number of terms of which a sample's metric is the mean, and whether samples count by their weights.
struct MetricFacts {
  const char* name;
  Index terms;
  bool weighted;
  const char* prefix = "";  ///< of the name, where another metric has the same
};

/// A loss and metrics on an output of some shape.
template <class Scalar>
class Scoring {
 public:
  virtual ~Scoring() = default;

  /// The sum of the losses of one sample; dy, unless it is null, is set to the gradient times `scale`. A loss that looks
  /// through the last activation gets the logits as y.
  virtual double loss(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const = 0;
  /// Adds the metrics of one sample to `sums`, once its loss has been taken: turns logits into predictions. The sample counts
  /// `weight` in those that are weighted.
  virtual void add_metrics(Scalar* y, const Scalar* t, double weight, double* sums) const = 0;
  /// What the sums of all metrics come to, for so many samples of which the weights have that sum.
  virtual std::vector<double> values(const double* sums, double samples, double weights) const = 0;
  /// Throws std::invalid_argument for targets that the loss cannot use.
  virtual void check_targets(const Scalar* t, Index samples, const char* what) const = 0;
  /// The same for numbers outside of the loss's target_range; reads all of them.
  virtual void check_range(const Scalar* t, Index samples, const std::string& what) const = 0;

  /// The number of classes that targets may name; 0 if they are no classes.
  virtual Index classes() const = 0;

  Index outputs() const { return outputs_; }
  Index target_size() const { return target_size_; }
  /// The number of terms of which the loss of that many samples is the mean.
  double terms(Index samples) const { return static_cast<double>(samples * terms_); }
  std::span<const MetricFacts> metrics() const { return metrics_; }
  /// How many numbers the metrics add up together.
  std::size_t metric_sums() const { return metric_sums_; }

 protected:
  /// Sizes of a sample's outputs and targets, and the number of terms of which its loss is the mean.
  struct Sizes {
    Index outputs, channels, targets, terms;
  };

  Scoring(const Sizes& sizes, std::span<const MetricFacts> metrics, std::size_t metric_sums)
      : outputs_(sizes.outputs),
        channels_(sizes.channels),
        target_size_(sizes.targets),
        terms_(sizes.terms),
        metrics_(metrics),
        metric_sums_(metric_sums) {}

  Index outputs_, channels_;

 private:
  Index target_size_, terms_;
  std::span<const MetricFacts> metrics_;
  std::size_t metric_sums_;
};

LATENT_COMPILED_ONCE_BEGIN
/// What a training minimises and reports: the losses of the outputs, those that the network adds, and the metrics.
template <class Scalar>
class Objective {
 public:
  struct Part {
    std::size_t output;  ///< of the network
    double weight;
    std::unique_ptr<Scoring<Scalar>> scoring;
  };
  /// `parts` are in the order of the outputs. Throws std::invalid_argument if two numbers would have one name.
  [[gnu::cold]] Objective(const Plan<Scalar>& plan, std::vector<Part> parts) : plan_(plan), parts_(std::move(parts)) {
    for (const Part& part : parts_) {
      check(part.weight >= 0 && std::isfinite(part.weight), "compile: the weight of a loss is at least 0, received ",
            part.weight);
      metrics_ += part.scoring->metrics().size();
      metric_sums_ += part.scoring->metric_sums();
    }
    Logs logs;
    log(no_sums(), 1, logs);
    check(logs.size() == 1 + (shows_parts() ? losses() + own() : 0) + metrics_,
          "compile: two metrics have the same name; all names together are ", names_in(logs),
          "; a name of its own has named<\"other\">(Precision{.class_id = 3})");
  }

  const std::vector<Part>& parts() const { return parts_; }
  std::size_t losses() const { return parts_.size(); }
  /// The number of further sums: of metrics and weights.
  std::size_t others() const { return metric_sums_ + parts_.size(); }
  Sums no_sums() const { return Sums(parts_.size() + own() + others()); }
  /// A fingerprint: for each loss its weight, and its values for made-up outputs, small and large; and metrics of several sums.
  [[gnu::cold]] std::string facts() const {
    std::string all;
    for (const Part& part : parts_) {
      all += text(all.empty() ? "" : "; ", of(part), "weight ", with_digits(part.weight, 5), ", for two trials");
      std::vector<Scalar> y(static_cast<std::size_t>(part.scoring->outputs())),
          t(static_cast<std::size_t>(part.scoring->target_size()));
      for (const double scale : {1.0, 8.0}) {
        for (std::size_t i = 0; i < y.size(); ++i)
          y[i] = static_cast<Scalar>(scale * (0.25 + 0.125 * static_cast<double>(i % 5)));
        try {
          all += text(" ", with_digits(part.scoring->loss(y.data(), t.data(), nullptr, Scalar(0)), 5));
        } catch (...) {  // a loss of the user's may refuse what is made up
          all += " thrown";
        }
      }
      // In the middle of an epoch a state holds sums that belong to these metrics.
      const auto metrics = part.scoring->metrics();
      if (part.scoring->metric_sums() == metrics.size()) continue;
      all += text("; ", part.scoring->metric_sums(), " sums of");
      for (const MetricFacts& metric : metrics) all += text(" ", metric.name);
    }
    return all;
  }
  /// The index of the sum of the penalties of regularizers.
  std::size_t penalty() const { return parts_.size() - 1 + plan_.penalty_part; }

  /// Scores a chunk; target(p, n) are the targets of part p for sample n of it, and weight(p, n) is how much it counts. With
  /// `scale`, one for each part, the gradients of the losses, times that, are put into those of the outputs.
  template <class Target, class Weight>
  [[gnu::hot]] void score(const Chunk<Scalar>& chunk, const Target& target, const Weight& weight_of,
                          const Scalar* scale) const {
    const Workspace<Scalar>& workspace = chunk.workspace;
    double* metrics = chunk.sums + parts_.size() + own();
    double* const weights = metrics + metric_sums_;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const auto& [o, weight, scoring] = parts_[p];
      double loss = 0;
      for (Index n = 0; n < chunk.call.samples; ++n) {
        Scalar* const y = workspace.output(o, n);
        Scalar* const dy = scale ? workspace.output_gradient(o, n) : nullptr;
        const Scalar counts = weight_of(p, n);
        const auto counted = static_cast<double>(counts);
        loss += counted * scoring->loss(y, target(p, n), dy, scale ? scale[p] * counts : Scalar(0));
        if (dy) workspace.keep_gradient(o, n, dy);
        scoring->add_metrics(y, target(p, n), counted, metrics);
        weights[p] += counted;
      }
      chunk.sums[p] += loss;
      metrics += scoring->metric_sums();
    }
    if (scale) no_gradients(chunk);
  }

  /// The whole loss, as a mean over the samples.
  double loss(const Sums& sums, Index samples) const {
    double loss = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p)
      loss += parts_[p].weight * (sums[p] / parts_[p].scoring->terms(samples));
    for (std::size_t k = 0; k < own(); ++k) loss += sums[parts_.size() + k] / static_cast<double>(samples);
    return loss;
  }
  /// The means over `samples` under their names: "loss", its parts if it has more than one, and the metrics. Where the network
  /// has several outputs a name begins with that of the output.
  [[gnu::cold]] void log(const Sums& sums, Index samples, Logs& logs, const std::string& prefix = "") const {
    logs[prefix + "loss"] = loss(sums, samples);
    for (std::size_t p = 0; p < parts_.size() && shows_parts(); ++p)
      logs[prefix + (several() ? of(parts_[p]) + "loss" : plan_.loss_parts[0])] =
          sums[p] / parts_[p].scoring->terms(samples);
    for (std::size_t k = 0; k < own(); ++k)
      logs[prefix + plan_.loss_parts[k + 1]] = sums[parts_.size() + k] / static_cast<double>(samples);
    const double* metrics = sums.data() + parts_.size() + own();
    const double* const weights = metrics + metric_sums_;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const Scoring<Scalar>& scoring = *parts_[p].scoring;
      const std::vector<double> values = scoring.values(metrics, static_cast<double>(samples), weights[p]);
      for (std::size_t m = 0; m < values.size(); ++m) {
        const MetricFacts& metric = scoring.metrics()[m];
        logs[prefix + of(parts_[p]) + metric.prefix + metric.name] = values[m];
      }
      metrics += scoring.metric_sums();
    }
  }

 private:
  std::size_t own() const { return plan_.loss_parts.size() - 1; }
  bool several() const { return plan_.outputs.size() > 1; }
  /// "digit_", where there are several outputs.
  [[gnu::cold]] std::string of(const Part& part) const {
    std::string name;
    if (several()) name.append(plan_.outputs[part.output].name).append("_");
    return name;
  }
  bool shows_parts() const { return several() || own() > 0; }
  /// The gradients of outputs that have no loss are 0.
  void no_gradients(const Chunk<Scalar>& chunk) const {
    for (std::size_t o = 0; o < plan_.outputs.size(); ++o) {
      const OutputValue& output = plan_.outputs[o];
      const bool has_loss =
          std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.output == o; });
      if (!has_loss || output.shown != output.value)
        chunk.no_gradient(plan_.gradients[static_cast<std::size_t>(output.value)]);
    }
  }

  const Plan<Scalar>& plan_;
  std::vector<Part> parts_;
  std::size_t metrics_ = 0, metric_sums_ = 0;
};
LATENT_COMPILED_ONCE_END

/// The scoring by a loss after an activation, and by metrics.
template <class Scalar, class Activation, class Loss, class... Metrics>
class ScoringOf final : public Scoring<Scalar> {
 public:
  static constexpr bool from_logits = LooksThrough<Loss, Activation>;

  /// For outputs of shape S. Throws std::invalid_argument for options outside their range.
  template <class S>
  [[gnu::cold]] ScoringOf(S, std::span<const MetricFacts> facts, const Loss& loss, const Metrics&... metrics)
      : Scoring<Scalar>({S::size, S::channels, TargetShape<Loss, S>::size, terms_of<Loss, S>}, facts,
                        (std::size_t{0} + ... + sums_of(metrics, S::size, S::channels))),
        loss_(loss),
        metrics_(metrics...) {
    check_options(loss);
    (check_options(metrics), ...);
  }

  double loss(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const override {
    if constexpr (from_logits)
      return loss_.on_logits(y, t, dy, outputs_, channels_, scale);
    else
      return loss_(y, t, dy, outputs_, channels_, scale);
  }

  void add_metrics([[maybe_unused]] Scalar* y, [[maybe_unused]] const Scalar* t, [[maybe_unused]] double weight,
                   [[maybe_unused]] double* sums) const override {
    if constexpr (sizeof...(Metrics) > 0) {
      if constexpr (from_logits) apply_activation<Activation>(y, outputs_, channels_);
      std::apply([&](const auto&... metric) { (add(metric, y, t, is_weighted<Metrics> ? weight : 1.0, sums), ...); },
                 metrics_);
    }
  }

  [[gnu::cold]] std::vector<double> values([[maybe_unused]] const double* sums, [[maybe_unused]] double samples,
                                           [[maybe_unused]] double weights) const override {
    std::vector<double> all;
    std::apply(
        [&](const auto&... metric) {
          (all.push_back(value(metric, this->metrics()[all.size()], sums, samples, weights)), ...);
        },
        metrics_);
    return all;
  }

  void check_targets([[maybe_unused]] const Scalar* t, [[maybe_unused]] Index samples,
                     [[maybe_unused]] const char* what) const override {
    if constexpr (requires { Loss::check_targets(t, samples, samples, samples, what); })
      Loss::check_targets(t, samples, this->target_size(), channels_, what);
  }
  void check_range([[maybe_unused]] const Scalar* t, [[maybe_unused]] Index samples,
                   [[maybe_unused]] const std::string& what) const override {
    if constexpr (requires { Loss::target_range; })
      engine::check_range(t, samples, this->target_size(), what, Loss::target_range, Loss::name);
  }
  Index classes() const override {
    if (channels_ > 1) return channels_;
    if constexpr (requires { Loss::target_range; })
      return Loss::target_range.low == 0 && Loss::target_range.high == 1 ? 2 : 0;
    return 0;
  }

 private:
  using Scoring<Scalar>::outputs_;
  using Scoring<Scalar>::channels_;

  template <class LossOrMetric>
  static void check_options(const LossOrMetric& it) {
    if constexpr (requires { it.check_options(); }) it.check_options();
  }
  template <class Metric>
  static std::size_t sums_of(const Metric& metric, Index outputs, Index channels) {
    if constexpr (FromSums<Metric>)
      return static_cast<std::size_t>(metric.sums(outputs, channels));
    else
      return 1;
  }
  /// Adds a sample to the sums of a metric, and goes to those of the next.
  template <class Metric>
  void add(const Metric& metric, const Scalar* y, const Scalar* t, double weight, double*& sums) const {
    if constexpr (FromSums<Metric>)
      metric.add(y, t, outputs_, channels_, weight, sums);
    else if constexpr (requires { metric(y, t, outputs_, channels_); })
      *sums += weight * metric(y, t, outputs_, channels_);
    else
      *sums += weight * metric(y, t, static_cast<Scalar*>(nullptr), outputs_, channels_, Scalar(0));  // it is a loss
    sums += sums_of(metric, outputs_, channels_);
  }
  /// What the sums of a metric come to; goes to those of the next.
  template <class Metric>
  double value(const Metric& metric, const MetricFacts& facts, const double*& sums, double samples,
               double weights) const {
    const std::span own(sums, sums_of(metric, outputs_, channels_));
    sums += own.size();
    if constexpr (FromSums<Metric>)
      return metric.value(own);
    else
      return ratio(own[0], (facts.weighted ? weights : samples) * static_cast<double>(facts.terms));
  }

  Loss loss_;
  std::tuple<Metrics...> metrics_;
};

/// What add_metrics can call: a metric of either kind, or a loss.
template <class Metric, class Scalar>
concept MetricOf = FromSums<Metric> || requires(const Metric& metric, const Scalar* y, Index n) {
  metric(y, y, n, n);
} || requires(const Metric& metric, const Scalar* y, Scalar* dy, Index n) { metric(y, y, dy, n, n, *y); };

/// The scoring for outputs of shape S after an activation.
template <class Scalar, class S, class Activation, class Loss, class... Metrics>
struct ScoringFor {
  using target_shape = TargetShape<Loss, S>;
  template <class Metric>
  using For = typename MetricFor<Metric, S, target_shape>::type;
  /// Whether classes are compared of which there is one.
  static constexpr bool of_one_class =
      S::channels == 1 && (std::is_same_v<Activation, Softmax> || LooksThrough<Loss, Softmax>);
  static_assert(
      (MetricOf<For<Metrics>, Scalar> && ...),
      "latent: a metric has operator()(const Scalar* y, const Scalar* t, Index count, Index channels) const, or "
      "sums, add and value: docs/own_loss.md");
  static_assert(of_one_class || (std::is_same_v<TargetShape<For<Metrics>, S>, target_shape> && ...),
                "latent: a metric expects other targets than the loss: SparseCategoricalAccuracy goes with "
                "SparseCategoricalCrossentropy, and Accuracy with every loss; Precision, Recall, AUC and F1Score need "
                "CategoricalCrossentropy and targets of 0 and 1, datasets::to_categorical(labels, classes)");
  using type = ScoringOf<Scalar, Activation, Loss, For<Metrics>...>;
  /// A loss that looks through the activation needs the logits.
  static constexpr bool from_logits = type::from_logits;

  static std::unique_ptr<Scoring<Scalar>> make(const Loss& loss, const Metrics&... metrics) {
    return std::make_unique<type>(S{}, facts, loss, chosen(metrics)...);
  }

 private:
  static constexpr std::array<MetricFacts, sizeof...(Metrics)> facts = [] {
    std::array<MetricFacts, sizeof...(Metrics)> all{
        {{Metrics::name, terms_of<For<Metrics>, S>, is_weighted<Metrics>}...}};
    for (MetricFacts& metric : all)
      for (const MetricFacts& other : all)
        if (metric.weighted && !other.weighted && std::string_view(metric.name) == other.name)
          metric.prefix = "weighted_";
    return all;
  }();

  template <class Metric>
  static For<Metric> chosen(const Metric& metric) {
    if constexpr (std::is_same_v<For<Metric>, Metric>)
      return metric;
    else
      return {};
  }
};

}  // namespace engine

}  // namespace latent
