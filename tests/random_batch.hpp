// What tests of layers share: batches of normal numbers, and check_gradients on a model made of a list of layers.
#pragma once

#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>

namespace latent {

template <class Model>
typename Model::InputTensor random_batch(Index samples) {
  Eigen::array<Index, Model::input_shape::rank + 1> dimensions;
  dimensions[0] = samples;
  std::copy(Model::input_shape::dimensions.begin(), Model::input_shape::dimensions.end(), dimensions.begin() + 1);
  typename Model::InputTensor x(dimensions);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<typename Model::Scalar>(Random(Seed{9}, Purpose::test).normal(i));
  return x;
}

template <class... Layers>
void expect_right_gradients(Index samples = 2) {
  Model<double, Layers...> model(Seed{7});
  // Biases start at 0, which hides mistakes.
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) parameter.data[i] += 0.1 * Random(Seed{8}, Purpose::test).normal(i);
  const auto report = check_gradients(model, random_batch<Model<double, Layers...>>(samples));
  CHECK_MESSAGE(report.passed, report);
  CHECK(report.checked > 0);
}

}  // namespace latent
