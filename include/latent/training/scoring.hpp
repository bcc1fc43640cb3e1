/// What a model is judged by: the loss of its targets, the losses of its own, and the metrics handed to compile().
#pragma once

#include <array>
#include <memory>
#include <span>
#include <tuple>

#include "latent/metrics/metric.hpp"
#include "latent/training/history.hpp"

namespace latent {

/// What evaluate and train_on_batch give. Where a number is wanted it is the loss; scores["accuracy"] is a metric.
struct Scores {
  Logs logs;

  operator double() const { return (*this)["loss"]; }  // NOLINT: const double loss = trainer.evaluate(x, y);
  template <class Name>  // and not std::string alone: "loss" is no pointer to add a number to
  double operator[](const Name& name) const {
    const auto found = logs.find(name);
    check(found != logs.end(), "Scores: there is no \"", name, "\"; metrics are handed to compile()");
    return found->second;
  }
};

namespace detail {

/// Sums over samples: of each part of the loss, and then of each metric.
using Sums = std::vector<double>;

/// A metric's name, and of how many numbers a sample's metric is the mean.
struct MetricFacts {
  const char* name;
  Index terms;
};

/// A loss and metrics on outputs of some shape.
template <class Scalar>
class Scoring {
 public:
  virtual ~Scoring() = default;

  /// The sum of the losses of one sample; dy, unless it is null, becomes the gradient times `scale`. A loss that looks
  /// through the last activation gets the logits as y.
  virtual double loss(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const = 0;
  /// Adds the metrics of one sample to `sums`, once its loss has been taken: turns logits into predictions.
  virtual void add_metrics(Scalar* y, const Scalar* t, double* sums) const = 0;
  /// Throws std::invalid_argument for targets that the loss does not know.
  virtual void check_targets(const Scalar* t, Index samples, const char* what) const = 0;

  Index target_size() const { return target_size_; }
  Sums no_sums() const { return Sums(parts_.size() + metrics_.size()); }
  /// How many terms the loss of the targets has for that many samples: it is their mean.
  double terms(Index samples) const { return static_cast<double>(samples * terms_); }

  /// The whole loss, as a mean over the samples.
  double loss(const Sums& sums, Index samples) const {
    double loss = 0;
    for (std::size_t part = 0; part < parts_.size(); ++part) loss += part_of_loss(sums, samples, part);
    return loss;
  }
  /// The means over `samples` under their names: "loss", its parts if it has more than one, and the metrics.
  [[gnu::cold]] void log(const Sums& sums, Index samples, Logs& logs, const std::string& prefix = "") const {
    logs[prefix + "loss"] = loss(sums, samples);
    for (std::size_t part = 0; part < parts_.size() && parts_.size() > 1; ++part)
      logs[prefix + parts_[part]] = part_of_loss(sums, samples, part);
    for (std::size_t k = 0; k < metrics_.size(); ++k)
      logs[prefix + metrics_[k].name] = sums[parts_.size() + k] / static_cast<double>(samples * metrics_[k].terms);
  }

 protected:
  /// The outputs of a sample, its targets, and of how many terms the loss of its targets is the mean.
  struct Sizes {
    Index outputs, channels, targets, terms;
  };

  [[gnu::cold]] Scoring(const Sizes& sizes, std::span<const char* const> loss_parts, std::span<const MetricFacts> metrics)
      : outputs_(sizes.outputs),
        channels_(sizes.channels),
        target_size_(sizes.targets),
        terms_(sizes.terms),
        parts_(loss_parts),
        metrics_(metrics) {
    Logs logs;
    log(no_sums(), 1, logs);
    check(logs.size() == (parts_.size() > 1 ? parts_.size() + 1 : 1) + metrics_.size(),
          "compile: two metrics have the same name");
  }

  Index outputs_, channels_;

 private:
  double part_of_loss(const Sums& sums, Index samples, std::size_t part) const {
    return sums[part] / (part == 0 ? terms(samples) : static_cast<double>(samples));
  }

  Index target_size_, terms_;
  std::span<const char* const> parts_;
  std::span<const MetricFacts> metrics_;
};

/// That of a loss behind an activation, and metrics.
template <class Scalar, class Activation, class Loss, class... Metrics>
class ScoringOf final : public Scoring<Scalar> {
 public:
  static constexpr bool from_logits = LooksThrough<Loss, Activation>;

  /// For outputs of shape S. Throws std::invalid_argument for options outside their range.
  template <class S>
  [[gnu::cold]] ScoringOf(S, std::span<const char* const> loss_parts, std::span<const MetricFacts> facts, const Loss& loss,
                          const Metrics&... metrics)
      : Scoring<Scalar>({S::size, S::channels, TargetShape<Loss, S>::size, terms_of<Loss, S>}, loss_parts, facts),
        loss_(loss),
        metrics_(metrics...) {
    check_options(loss);
    (check_options(metrics), ...);
  }

  using Scoring<Scalar>::loss;
  double loss(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const override {
    if constexpr (from_logits)
      return loss_.on_logits(y, t, dy, outputs_, channels_, scale);
    else
      return loss_(y, t, dy, outputs_, channels_, scale);
  }

  void add_metrics([[maybe_unused]] Scalar* y, [[maybe_unused]] const Scalar* t, [[maybe_unused]] double* sums) const override {
    if constexpr (sizeof...(Metrics) > 0) {
      if constexpr (from_logits) apply_activation<Activation>(y, outputs_, channels_);
      std::apply([&](const auto&... metric) { ((*sums++ += metric_of(metric, y, t)), ...); }, metrics_);
    }
  }

  void check_targets([[maybe_unused]] const Scalar* t, [[maybe_unused]] Index samples,
                     [[maybe_unused]] const char* what) const override {
    if constexpr (requires { Loss::check_targets(t, samples, samples, samples, what); })
      Loss::check_targets(t, samples, this->target_size(), channels_, what);
  }

 private:
  using Scoring<Scalar>::outputs_;
  using Scoring<Scalar>::channels_;

  template <class LossOrMetric>
  static void check_options(const LossOrMetric& it) {
    if constexpr (requires { it.check_options(); }) it.check_options();
  }
  template <class Metric>
  double metric_of(const Metric& metric, const Scalar* y, const Scalar* t) const {
    if constexpr (requires { metric(y, t, outputs_, channels_); })
      return metric(y, t, outputs_, channels_);
    else
      return metric(y, t, static_cast<Scalar*>(nullptr), outputs_, channels_, Scalar(0));  // it is a loss
  }

  Loss loss_;
  std::tuple<Metrics...> metrics_;
};

/// What a loss and metrics mean for outputs of shape S behind an activation.
template <class Scalar, class S, class Activation, class Loss, class... Metrics>
struct ScoringFor {
  using target_shape = TargetShape<Loss, S>;
  template <class Metric>
  using For = typename MetricFor<Metric, S, target_shape>::type;
  static_assert((std::is_same_v<TargetShape<For<Metrics>, S>, target_shape> && ...),
                "latent: a metric expects other targets than the loss: SparseCategoricalAccuracy goes with "
                "SparseCategoricalCrossentropy, and Accuracy with every loss");
  using type = ScoringOf<Scalar, Activation, Loss, For<Metrics>...>;
  /// With a loss that looks through the last activation the network runs without it.
  using Last = std::conditional_t<type::from_logits, Linear, Activation>;

  static std::unique_ptr<Scoring<Scalar>> make(std::span<const char* const> loss_parts, const Loss& loss,
                                               const Metrics&... metrics) {
    return std::make_unique<type>(S{}, loss_parts, facts, loss, chosen(metrics)...);
  }

 private:
  static constexpr std::array<MetricFacts, sizeof...(Metrics)> facts{{{Metrics::name, terms_of<For<Metrics>, S>}...}};

  template <class Metric>
  static For<Metric> chosen(const Metric& metric) {
    if constexpr (std::is_same_v<For<Metric>, Metric>)
      return metric;
    else
      return {};
  }
};

}  // namespace detail

}  // namespace latent
