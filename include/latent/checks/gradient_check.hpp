/// check_gradients(model, x): are the hand-written backward passes the derivatives of the forward pass?
///
/// The number L = sum(w * y), with fixed random weights w, plus what the model itself adds to the loss, is differentiated
/// twice: by the backward pass, and by central differences (L(v + h) - L(v - h)) / 2h, for every parameter and every input.
/// The model is called as in training; random numbers are the same each time.
///
/// Before the backward pass every activation and gradient is NaN and every parameter gradient 1, so that a layer that
/// reads what it should write, adds where it should assign, or assigns where it should add is found.
#pragma once

#include <cmath>
#include <iostream>

#include "latent/models/model.hpp"

namespace latent {

struct GradientReport {
  bool passed = true;
  Index checked = 0;      ///< derivatives compared
  double worst = 0;       ///< largest error, relative to the largest derivative of its tensor
  std::string worst_at;   ///< "conv2d/kernel(0, 2, 1, 3): backward 0.5, differences 0.25"
  std::string problem;    ///< why it failed; empty if it passed

  explicit operator bool() const { return passed; }
  friend std::ostream& operator<<(std::ostream& out, const GradientReport& report) {
    out << "check_gradients: " << report.checked << " derivatives, worst relative error " << report.worst << " at "
        << report.worst_at;
    return report.passed ? out : out << "\n  FAILED: " << report.problem;
  }
};

namespace detail {

/// "conv2d/kernel(0, 2, 1, 3)".
inline std::string coordinates(const std::string& name, const std::vector<Index>& shape, Index flat) {
  std::vector<Index> at(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0; flat /= shape[axis]) at[axis] = flat % shape[axis];
  return name + shape_text(at);
}

inline void compare_gradients(GradientReport& report, const std::string& name, const std::vector<Index>& shape,
                              const std::vector<double>& backward, const std::vector<double>& differences,
                              double tolerance) {
  double largest = 0;
  for (double d : differences) largest = std::max(largest, std::abs(d));
  report.checked += static_cast<Index>(differences.size());
  if (largest == 0) {
    report.passed = false;
    report.problem = text("all derivatives with respect to ", name, " are 0: nothing was checked; use other values");
    return;
  }
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const double error = std::abs(backward[i] - differences[i]) / largest;
    if (error <= report.worst) continue;  // NaN is not
    report.worst = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
    report.worst_at = text(coordinates(name, shape, static_cast<Index>(i)), ": backward ", backward[i], ", differences ",
                           differences[i]);
    if (!(error <= tolerance)) {
      report.passed = false;
      report.problem = text("the error is more than ", tolerance, " at ", report.worst_at);
    }
  }
}

}  // namespace detail

/// Compares the gradients of a model in double at the batch x. The step h = 1e-5 leaves an error of about h^2 = 1e-10 from
/// the third derivative and 1e-16 / h = 1e-11 from rounding; the default tolerance allows a hundred times that. A kink
/// (ReLU at 0, a tie in a pooling window) within h of a value fails the check: use other values.
template <class Model_>
GradientReport check_gradients(Model_& model, const typename Model_::InputTensor& x, double tolerance = 1e-8,
                               const CallMode& mode = {.training = true}) {
  using network = typename Model_::network;
  static_assert(std::is_same_v<typename Model_::Scalar, double>, "latent: check_gradients needs a model in double");
  check_shape(x, network::input_shape::dimensions, "check_gradients");
  constexpr Index out = network::output_shape::size;
  constexpr double h = 1e-5;
  const Index samples = x.dimension(0);
  const Random random(Seed{1}, Purpose::test);
  std::vector<double> inputs(x.data(), x.data() + x.size()), weights(static_cast<std::size_t>(samples * out));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = random.normal(static_cast<Index>(i));

  constexpr const detail::Plan<double>& plan =
      network::template plan<typename network::last_activation, detail::Backward::input>;
  std::vector<double> y(weights.size());
  const auto loss = [&] {
    const auto parts = detail::batches::forward(plan, static_cast<const double*>(model.data()), inputs.data(), y.data(),
                                                samples, mode, true);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += y[i] * weights[i];
    for (double part : parts) sum += part / static_cast<double>(samples);
    return sum + detail::penalties<double>(plan.layers, model.data(), nullptr);
  };
  const auto difference = [&](double& v) {
    const double kept = v;
    v = kept + h;
    const double above = loss();
    v = kept - h;
    const double below = loss();
    v = kept;
    return (above - below) / (2 * h);
  };

  const auto gradients = aligned_zeros<double>(network::buffer_size);
  std::fill_n(gradients.get(), network::buffer_size, 1.0);
  std::vector<double> dx(inputs.size());
  detail::batches::backward(plan, static_cast<const double*>(model.data()), inputs.data(), weights.data(), samples, mode,
                            dx.data(), gradients.get(), true);

  GradientReport report;
  std::vector<double> differences;
  for (double& v : inputs) differences.push_back(difference(v));
  std::vector<Index> shape{samples};
  shape.insert(shape.end(), network::input_shape::dimensions.begin(), network::input_shape::dimensions.end());
  detail::compare_gradients(report, "x", shape, dx, differences, tolerance);

  const auto computed = model.template named<double>(gradients.get());
  const auto parameters = model.parameters();
  for (std::size_t t = 0; t < parameters.size(); ++t) {
    if (!parameters[t].trainable) continue;
    std::vector<double> backward;
    differences.clear();
    for (Index i = 0; i < parameters[t].size(); ++i) {
      backward.push_back(computed[t].data[i] - 1);
      differences.push_back(difference(parameters[t].data[i]));
    }
    detail::compare_gradients(report, parameters[t].name, parameters[t].shape, backward, differences, tolerance);
  }
  return report;
}

}  // namespace latent
