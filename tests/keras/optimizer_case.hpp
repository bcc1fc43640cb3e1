// Runs one case of an optimiser, step by step in double and in float, through the trainer; or of a schedule.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

using latent::Index;

/// Nothing but parameters, of these sizes: y = all of them, one after the other.
template <Index... sizes>
struct Variables {
  static constexpr const char *class_name = "Variables", *default_name = "variables";
  template <class S>
  using complaint = void;

  template <class InputShape, class Scalar>
  struct On : latent::LayerDefaults {
    static constexpr std::array<Index, sizeof...(sizes)> counts{sizes...};
    using output_shape = latent::Shape<(sizes + ...)>;
    static constexpr auto parameters = [] {
      constexpr const char* names[] = {"initial", "initial_b", "initial_c"};
      std::array<latent::ParameterSpec, sizeof...(sizes)> specs{};
      for (std::size_t i = 0; i < specs.size(); ++i) specs[i] = {names[i], {counts[i]}, 1, latent::Initializer::zeros};
      return specs;
    }();

    template <class P, class X, class Y, class Act>
    static void forward(const P& p, latent::View<const Scalar, X>, latent::View<Scalar, Y> y, Act) {
      Scalar* to = y.sample(0);
      for (std::size_t i = 0; i < counts.size(); ++i) to = std::copy_n(p[i], counts[i], to);
    }
    template <class P, class X, class Z>
    static void weight_gradient(latent::View<const Scalar, X>, latent::View<const Scalar, Z> dz, const P& dp) {
      const Scalar* from = dz.sample(0);
      for (std::size_t i = 0; i < counts.size(); ++i)
        for (Index k = 0; k < counts[i]; ++k) dp[i][k] += *from++;
    }
    static void input_gradient(const auto&...) {}
  };
};

/// A loss whose gradient are the targets.
struct GivenGradient {
  static constexpr const char* name = "given_gradient";
  using absorbs = void;
  void check_options() const {}
  template <class Scalar>
  double operator()(const Scalar*, const Scalar* t, Scalar* dy, Index count, auto... /*channels and scale*/) const {
    if (dy) std::copy_n(t, count, dy);
    return 0;
  }
};

template <class Scalar, Index... sizes>
void run_optimizer_as(const Group& group, const std::string& name, const auto& optimizer) {
  constexpr Index size = (sizes + ...);
  latent::Model<Scalar, latent::Input<1>, Variables<sizes...>> model;
  const auto variables = model.parameters();
  const auto part_of = [](const latent::NamedTensor<Scalar>& v) { return v.name.substr(v.name.find('/') + 1 + 7); };
  std::vector<std::vector<double>> gradients, after;
  for (const auto& variable : variables) {
    const auto initial = group.tensor(name + "/initial" + part_of(variable));
    REQUIRE(static_cast<Index>(initial.size()) == variable.size());
    std::transform(initial.begin(), initial.end(), variable.data, [](double v) { return static_cast<Scalar>(v); });
    gradients.push_back(group.tensor(name + "/gradients" + part_of(variable)));
    after.push_back(group.tensor(name + "/after" + part_of(variable)));
  }
  auto trainer = compile(model, optimizer, GivenGradient{});
  const latent::Tensor<2, Scalar> x = latent::Tensor<2, Scalar>(1, 1).setZero();
  latent::Tensor<2, Scalar> y(1, size);
  for (Index step = 0; step * variables[0].size() < static_cast<Index>(after[0].size()); ++step) {
    Scalar* to = y.data();
    for (std::size_t i = 0; i < variables.size(); ++i)
      for (Index k = 0; k < variables[i].size(); ++k)
        *to++ = static_cast<Scalar>(gradients[i][static_cast<std::size_t>(step * variables[i].size() + k)]);
    trainer.train_on_batch(x, y);
    for (std::size_t i = 0; i < variables.size(); ++i) {
      const auto from = after[i].begin() + step * variables[i].size();
      compare(
          group.name() + ", case " + name + ", step " + std::to_string(step + 1) + ", after" + part_of(variables[i]),
          {from, from + variables[i].size()}, variables[i].data, tolerance<Scalar>(1e-12, 1e-5));
    }
  }
}

/// `sizes` of the variables.
template <Index... sizes>
void run_optimizer(Group& group, const std::string& name, const auto& optimizer) {
  run_optimizer_as<double, sizes...>(group, name, optimizer);
  run_optimizer_as<float, sizes...>(group, name, optimizer);
  group.ran(name);
}

/// A schedule is a function of the steps taken so far.
void run_schedule(Group& group, const std::string& name, const auto& schedule) {
  std::vector<double> values;
  for (const double step : group.tensor(name + "/step")) values.push_back(schedule(static_cast<Index>(step)));
  compare(group.name() + ", case " + name + ", value", group.tensor(name + "/value"), values.data(), 1e-12);
  group.ran(name);
}

}  // namespace keras
