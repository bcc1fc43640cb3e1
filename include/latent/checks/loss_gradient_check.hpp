/// check_gradients(loss, y, t): checks that the gradient of a loss is the derivative of its value.
///
/// Every value of y is moved by h up and down; (L(v + h) - L(v - h)) / 2h is compared with what the loss puts into dy. A
/// loss that absorbs an activation is checked a second time through `on_logits`, with y taken for the logits.
///
/// Before each call dy is NaN and the factor `scale` is not 1, so that a loss that adds to dy, leaves values out or forgets
/// the factor is found. The value must be the same with and without the gradient.
#pragma once

#include "latent/checks/gradient_check.hpp"
#include "latent/losses/loss.hpp"

namespace latent {

/// Compares the gradient of a loss in double for outputs y and targets t, both (samples, ...). The last axis of y is that
/// of the channels, or classes. The step h = 1e-5 and the tolerance are those of the check of models; a kink within h of
/// a value (|y - t| at 0) fails the check: use other values. Throws std::invalid_argument if y or t have no samples, or
/// not equally many.
template <class Loss, int Rank, int TargetRank>
GradientReport check_gradients(const Loss& loss, const Tensor<Rank, double>& y, const Tensor<TargetRank, double>& t,
                               double tolerance = 1e-8) {
  constexpr double h = 1e-5, scale = 0.75;
  const Index samples = y.dimension(0), size = sample_size(y), channels = y.dimension(Rank - 1);
  check(samples > 0 && size > 0, "check_gradients: expected at least 1 sample, received outputs of ", samples);
  check(samples == t.dimension(0), "check_gradients: ", samples, " outputs but ", t.dimension(0), " targets");
  // A loss without a shape of its own for targets has those of the outputs; one that has it, perhaps without the last axis.
  constexpr bool of_its_own = requires { typename Loss::template target_shape<Shape<1>>; };
  constexpr int compared = !of_its_own ? Rank : TargetRank < Rank ? TargetRank : 0;
  for (std::size_t axis = 1; axis < compared; ++axis)
    check(axis < TargetRank && y.dimension(axis) == t.dimension(std::min<std::size_t>(axis, TargetRank - 1)),
          "check_gradients: axis ", axis, " of the outputs and of the targets differ");

  GradientReport report;
  const std::vector<Index> shape(y.dimensions().begin(), y.dimensions().end());
  const auto compare = [&](const char* name, const auto& value) {
    std::vector<double> given(y.data(), y.data() + y.size()), differences;
    std::vector<double> dy(given.size(), std::numeric_limits<double>::quiet_NaN());
    for (Index n = 0; n < samples; ++n) {
      double* const outputs = given.data() + n * size;
      const double* const targets = t.data() + n * sample_size(t);
      const double with = value(outputs, targets, dy.data() + n * size, scale);
      const double without = value(outputs, targets, nullptr, scale);
      if (!(with == without)) {
        report.passed = false;
        report.problem = text("the loss of sample ", n, " is ", with, ", and ", without, " without the gradient");
        return;
      }
      for (Index i = 0; i < size; ++i) {
        const double kept = outputs[i];
        outputs[i] = kept + h;
        const double above = value(outputs, targets, nullptr, scale);
        outputs[i] = kept - h;
        const double below = value(outputs, targets, nullptr, scale);
        outputs[i] = kept;
        differences.push_back(scale * (above - below) / (2 * h));
      }
    }
    engine::compare_gradients(report, name, shape, dy, differences, tolerance);
  };
  compare("y", [&](const double* outputs, const double* targets, double* dy, double factor) {
    return loss(outputs, targets, dy, size, channels, factor);
  });
  if constexpr (requires { loss.on_logits(y.data(), t.data(), static_cast<double*>(nullptr), size, channels, scale); })
    compare("logits", [&](const double* logits, const double* targets, double* dz, double factor) {
      return loss.on_logits(logits, targets, dz, size, channels, factor);
    });
  return report;
}

}  // namespace latent
