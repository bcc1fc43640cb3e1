// What tests of layers share: batches of normal numbers, and check_gradients on a model made of a list of layers.
#pragma once

#include <doctest/doctest.h>

#include <latent/checks.hpp>
#include <latent/latent.hpp>

namespace latent {

/// A batch for a model; of several Inputs a tuple.
template <class Model>
typename Model::InputGradient random_batch(Index samples) {
  typename Model::InputGradient x;
  Index drawn = 0;
  std::size_t next = 0;
  const auto fill = [&](auto& tensor) {
    auto dimensions = tensor.dimensions();
    dimensions[0] = samples;
    const auto shape = Model::network::input_shapes[next++];
    std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
    tensor.resize(dimensions);
    for (Index i = 0; i < tensor.size(); ++i)
      tensor.data()[i] = static_cast<typename Model::Scalar>(Random(Seed{9}, Purpose::test).normal(drawn++));
  };
  std::apply([&](auto&... tensor) { (fill(tensor), ...); }, detail::each(x));
  return x;
}

/// What a model makes of one sample x, once its parameters, one after the other, are these numbers.
template <class Model>
std::vector<double> result_of(Model model, const std::vector<double>& parameters, const std::vector<double>& x) {
  Index next = 0, count = 0;
  for (auto& parameter : model.parameters()) count += parameter.size();
  REQUIRE(count == static_cast<Index>(parameters.size()));
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) parameter.data[i] = parameters[static_cast<std::size_t>(next++)];
  auto batch = random_batch<Model>(1);
  REQUIRE(batch.size() == static_cast<Index>(x.size()));
  std::copy(x.begin(), x.end(), batch.data());
  const auto y = model.predict(batch);
  return {y.data(), y.data() + y.size()};
}

template <class... Layers>
void expect_right_gradients(Index samples = 2) {
  using M = Model<double, Layers...>;
  M model(Seed{7});
  // Biases start at 0, which hides mistakes.
  for (auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) parameter.data[i] += 0.1 * Random(Seed{8}, Purpose::test).normal(i);
  const auto x = random_batch<M>(samples);
  const auto report =
      std::apply([&](const auto&... tensor) { return check_gradients(model, typename M::InputTensor(tensor...)); },
                 detail::each(x));
  CHECK_MESSAGE(report.passed, report);
  CHECK(report.checked > 0);
}

}  // namespace latent
