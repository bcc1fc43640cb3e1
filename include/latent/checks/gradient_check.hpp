/// check_gradients(model, x): checks that the hand-written backward passes are the derivatives of the forward pass.
///
/// The number L = sum(w * y), with fixed random weights w, plus what the model itself adds to the loss, is differentiated
/// twice: by the backward pass, and by central differences (L(v + h) - L(v - h)) / 2h, for every parameter and every input.
/// The model is called as in training; random numbers are the same each time.
///
/// Before the backward pass and before one forward pass, all activations and gradients are NaN; all parameter gradients are 1.
/// So a layer that reads what it should write, adds where it should assign, or assigns where it should add is found.
#pragma once

#include <cmath>
#include <iostream>

#include "latent/models/model.hpp"

namespace latent {

/// The result of check_gradients; prints as a table.
struct GradientReport {
  bool passed = true;    ///< whether all differences are within the tolerance
  Index checked = 0;     ///< derivatives compared
  double worst = 0;      ///< largest error, relative to the largest derivative of its tensor
  std::string worst_at;  ///< "conv2d/kernel(0, 2, 1, 3): backward 0.5, differences 0.25"
  std::string problem;   ///< why it failed; empty if it passed

  /// Whether all differences are within the tolerance.
  explicit operator bool() const { return passed; }
  /// Prints the table.
  friend std::ostream& operator<<(std::ostream& out, const GradientReport& report) {
    out << text("check_gradients: ", report.checked, " derivatives, worst relative error ", report.worst, " at ",
                report.worst_at);
    return report.passed ? out : out << "\n  FAILED: " << report.problem;
  }
};

namespace engine {

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
    report.worst_at = text(coordinates(name, shape, static_cast<Index>(i)), ": backward ", backward[i],
                           ", differences ", differences[i]);
    if (!(error <= tolerance)) {
      report.passed = false;
      report.problem = text("the error is more than ", tolerance, " at ", report.worst_at);
    }
  }
}

}  // namespace engine

/// Compares the gradients of a model in double at the batch x. The step h = 1e-5 leaves an error of about h^2 = 1e-10 from
/// the third derivative and 1e-16 / h = 1e-11 from rounding; the default tolerance allows a hundred times that. A kink
/// (ReLU at 0, a tie in a pooling window) within h of a value fails the check: use other values. Throws `std::logic_error` if
/// a layer writes for more samples than its call has.
template <class Model_>
GradientReport check_gradients(Model_& model, const typename Model_::InputTensor& x, double tolerance = 1e-8,
                               const CallMode& mode = {.training = true}) {
  using network = typename Model_::network;
  static_assert(std::is_same_v<typename Model_::Scalar, double>, "latent: check_gradients needs a model in double");
  const Index samples = model.checked(x, "check_gradients");
  constexpr double h = 1e-5;
  const Random random(Seed{1}, Purpose::test);
  const auto given = detail::data_of(x);
  std::vector<std::vector<double>> inputs, weights, y;  // of each Input, of each output
  std::vector<const double*> input_data, weight_data;
  std::vector<double*> y_data;
  Index drawn = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const engine::Lines& lines = network::template plan<>.input(i);
    inputs.emplace_back(given[i], given[i] + samples * lines.scalars());
    input_data.push_back(inputs.back().data());
  }
  for (std::size_t o = 0; o < network::outputs; ++o) {
    const auto size = static_cast<std::size_t>(samples * network::template plan<>.output(o).scalars());
    weights.emplace_back(size), y.emplace_back(size);
    for (double& weight : weights.back()) weight = random.normal(drawn++);
    weight_data.push_back(weights.back().data()), y_data.push_back(y.back().data());
  }

  constexpr const engine::Plan<double>& plan = network::template plan<0, engine::Backward::input>;
  const double* const parameters_data = model.data();
  const auto loss = [&](bool in_nan = false) {
    const auto parts = engine::forward<double>(plan, parameters_data, model.frozen(), {input_data.data(), samples},
                                               y_data.data(), mode, 1, in_nan);
    double sum = 0;
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < y[o].size(); ++i) sum += y[o][i] * weights[o][i];
    for (double part : parts) sum += part / static_cast<double>(samples);
    return sum + engine::penalties<double>(plan.layers, model.frozen(), parameters_data, nullptr);
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
  std::vector<std::vector<double>> dx;
  std::vector<double*> dx_data;
  for (const auto& input : inputs) dx.emplace_back(input.size());
  for (auto& gradient : dx) dx_data.push_back(gradient.data());
  engine::backward<double>(plan, parameters_data, model.frozen(), {input_data.data(), samples}, weight_data.data(),
                           mode, dx_data.data(), gradients.get(), 1, true);

  GradientReport report;
  if (const double in_nan = loss(true); !std::isfinite(in_nan)) {
    report.passed = false;
    report.problem = text("the loss is ", in_nan, ": by x, or because the forward pass reads what it has not written");
    return report;
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    differences.clear();
    for (double& v : inputs[i]) differences.push_back(difference(v));
    std::vector<Index> shape{samples};
    shape.insert(shape.end(), network::input_shapes[i].begin(), network::input_shapes[i].end());
    engine::compare_gradients(report, inputs.size() == 1 ? "x" : model.layer_names()[i].name, shape, dx[i], differences,
                              tolerance);
  }

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
    engine::compare_gradients(report, parameters[t].name, parameters[t].shape, backward, differences, tolerance);
  }
  return report;
}

}  // namespace latent
