/// What a model is judged by: the loss of its targets, the losses of its own, and the metrics handed to compile().
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
  template <class Name>  // and not std::string alone: "loss" is no pointer to add a number to
  double operator[](const Name& name) const {
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

  /// Sums over samples.
  struct Sums {
    typename Network::Losses losses{};  ///< that of the targets, then those that the network adds (Network::loss_parts)
    std::array<double, sizeof...(Metrics)> metrics{};

    Sums& operator+=(const Sums& other) {
      for (std::size_t k = 0; k < losses.size(); ++k) losses[k] += other.losses[k];
      for (std::size_t k = 0; k < metrics.size(); ++k) metrics[k] += other.metrics[k];
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
    check(logs.size() == (parts > 1 ? parts + 1 : 1) + sizeof...(Metrics), "compile: two metrics have the same name");
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
              ((sums.metrics[k++] += metric_of(metric, y.sample(n), target(n))), ...);
            },
            metrics_);
    }
  }

  /// How many terms the loss of the targets has for that many samples: it is their mean.
  static double terms(Index samples) { return static_cast<double>(samples * terms_of<Loss, S>); }

  /// The whole loss, as a mean over the samples.
  static double loss(const Sums& sums, Index samples) {
    double loss = 0;
    for (std::size_t part = 0; part < parts; ++part) loss += part_of_loss(sums, samples, part);
    return loss;
  }
  /// The means over `samples` under their names: "loss", its parts if it has more than one, and the metrics.
  [[gnu::cold]] static void log(const Sums& sums, Index samples, Logs& logs, const std::string& prefix = "") {
    logs[prefix + "loss"] = loss(sums, samples);
    for (std::size_t part = 0; part < parts && parts > 1; ++part)
      logs[prefix + Network::loss_parts.names[part]] = part_of_loss(sums, samples, part);
    for (std::size_t k = 0; k < names.size(); ++k)
      logs[prefix + names[k]] = sums.metrics[k] / static_cast<double>(samples * metric_terms[k]);
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

  static double part_of_loss(const Sums& sums, Index samples, std::size_t part) {
    return sums.losses[part] / (part == 0 ? terms(samples) : static_cast<double>(samples));
  }

  static constexpr std::size_t parts = std::tuple_size_v<typename Network::Losses>;
  static constexpr std::array<const char*, sizeof...(Metrics)> names{Metrics::name...};
  static constexpr std::array<Index, sizeof...(Metrics)> metric_terms{terms_of<For<Metrics>, S>...};

  Loss loss_;
  std::tuple<For<Metrics>...> metrics_;
};

}  // namespace latent
