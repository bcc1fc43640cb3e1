/// What a model is judged by: its loss and the metrics handed to compile(), summed over samples.
#pragma once

#include <tuple>

#include "latent/kernels/elementwise.hpp"
#include "latent/metrics/metric.hpp"
#include "latent/training/history.hpp"

namespace latent {

/// What evaluate and train_on_batch give. Where a number is wanted it is the loss; scores["accuracy"] is a metric.
struct Scores {
  Logs logs;

  operator double() const { return (*this)["loss"]; }  // NOLINT: const double loss = trainer.evaluate(x, y);
  double operator[](const std::string& name) const {
    const auto found = logs.find(name);
    check(found != logs.end(), "Scores: there is no \"", name, "\"; metrics are handed to compile()");
    return found->second;
  }
};

template <class Network, class Loss, class... Metrics>
class Scoring {
  using Scalar = typename Network::Scalar;
  using S = typename Network::output_shape;
  using Activation = typename Network::last_activation;

 public:
  using target_shape = TargetShape<Loss, S>;

 private:
  template <class Metric>
  using For = typename MetricFor<Metric, S, target_shape>::type;

 public:
  static_assert((std::is_same_v<TargetShape<For<Metrics>, S>, target_shape> && ...),
                "latent: a metric expects other targets than the loss: SparseCategoricalAccuracy goes with "
                "SparseCategoricalCrossentropy, and Accuracy with every loss");

  /// A loss that looks through the last activation gets the logits: the network runs with `Last` instead.
  static constexpr bool from_logits = LooksThrough<Loss, Activation>;
  using Last = std::conditional_t<from_logits, Linear, Activation>;

  /// The loss, then the metrics.
  struct Sums : std::array<double, 1 + sizeof...(Metrics)> {
    Sums& operator+=(const Sums& other) {
      for (std::size_t k = 0; k < this->size(); ++k) (*this)[k] += other[k];
      return *this;
    }
  };

  /// Throws std::invalid_argument for options outside their range.
  [[gnu::cold]] explicit Scoring(const Loss& loss, const Metrics&... metrics)
      : loss_(loss), metrics_(chosen(metrics)...) {
    check_options(loss);
    (check_options(metrics), ...);
    Logs logs;
    log(Sums{}, 1, logs);
    check(logs.size() == names.size(), "compile: two metrics have the same name");
  }

  /// The sum of the losses of one sample; dy, unless it is null, becomes the gradient times `scale`.
  [[gnu::noinline]] double loss(const Scalar* y, const Scalar* t, Scalar* dy, Scalar scale) const {
    if constexpr (from_logits)
      return loss_.on_logits(y, t, dy, S::size, S::channels, scale);
    else
      return loss_(y, t, dy, S::size, S::channels, scale);
  }

  /// Adds the metrics of some samples to `sums`, once the losses have been taken: turns logits into predictions.
  /// target(n) points to the targets of sample n.
  template <class Y, class Target>
  void add_metrics(View<Scalar, Y> y, const Target& target, Sums& sums) const {
    if constexpr (sizeof...(Metrics) > 0) {
      if constexpr (from_logits) apply_activation<Activation>(y);
      for (Index n = 0; n < y.samples; ++n)
        std::apply(
            [&](const auto&... metric) {
              std::size_t k = 0;
              ((sums[++k] += metric_of(metric, y.sample(n), target(n))), ...);
            },
            metrics_);
    }
  }

  /// By what a loss (or metric k) summed over `samples` is divided.
  static double terms(Index samples, std::size_t k = 0) { return static_cast<double>(samples * terms_[k]); }

  /// The means over `samples` under their names.
  [[gnu::cold]] static void log(const Sums& sums, Index samples, Logs& logs, const std::string& prefix = "") {
    for (std::size_t k = 0; k < names.size(); ++k) logs[prefix + names[k]] = sums[k] / terms(samples, k);
  }

  template <class Y>
  [[gnu::cold]] static void check_targets(const Y& y, const char* what) {
    if constexpr (requires { Loss::check_targets(y.data(), Index(), Index(), Index(), what); })
      Loss::check_targets(y.data(), y.dimension(0), target_shape::size, S::channels, what);
  }

 private:
  template <class LossOrMetric>
  static void check_options(const LossOrMetric& it) {
    if constexpr (requires { it.check_options(); }) it.check_options();
  }

  template <class Metric>
  static For<Metric> chosen(const Metric& metric) {
    if constexpr (std::is_same_v<For<Metric>, Metric>)
      return metric;
    else
      return {};
  }

  template <class Metric>
  [[gnu::noinline]] static double metric_of(const Metric& metric, const Scalar* y, const Scalar* t) {
    if constexpr (requires { metric(y, t, S::size, S::channels); })
      return metric(y, t, S::size, S::channels);
    else
      return metric(y, t, static_cast<Scalar*>(nullptr), S::size, S::channels, Scalar(0));  // it is a loss
  }

  static constexpr std::array<const char*, 1 + sizeof...(Metrics)> names{"loss", Metrics::name...};
  static constexpr std::array<Index, 1 + sizeof...(Metrics)> terms_{terms_of<Loss, S>, terms_of<For<Metrics>, S>...};

  Loss loss_;
  std::tuple<For<Metrics>...> metrics_;
};

}  // namespace latent
