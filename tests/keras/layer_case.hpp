// Runs one layer case: forward, gradient with respect to the input and to every parameter, in double and in float.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

template <class Scalar, class InputLayer, class Layer>
void run_layer_as(const Group& group, const std::string& name, double rounded) {
  using Model = latent::Model<Scalar, InputLayer, Layer>;
  const auto load = [&](const std::string& tensor, Scalar* to, latent::Index size) {
    const auto values = group.tensor(name + "/" + tensor);
    REQUIRE(static_cast<latent::Index>(values.size()) == size);
    std::transform(values.begin(), values.end(), to, [](double v) { return static_cast<Scalar>(v); });
  };
  const latent::Index samples = static_cast<latent::Index>(group.tensor(name + "/x").size()) / Model::input_shape::size;
  const auto batch = [&](auto tensor, const auto& shape) {
    auto dimensions = tensor.dimensions();
    dimensions[0] = samples;
    std::copy(shape.begin(), shape.end(), dimensions.begin() + 1);
    tensor.resize(dimensions);
    return tensor;
  };
  auto x = batch(typename Model::InputTensor(), Model::input_shape::dimensions);
  auto dy = batch(typename Model::OutputTensor(), Model::output_shape::dimensions);
  load("x", x.data(), x.size());
  load("dy", dy.data(), dy.size());
  Model model;
  for (auto& parameter : model.parameters())
    load(parameter.name.substr(parameter.name.find('/') + 1), parameter.data, parameter.size());

  const double allowed = std::max(rounded, tolerance<Scalar>(1e-12, 1e-5));
  const std::string what = group.name() + ", case " + name + ", ";
  compare(what + "y", group.tensor(name + "/y"), model.predict(x).data(), allowed);
  const auto gradients = model.backward(x, dy);
  compare(what + "dx", group.tensor(name + "/dx"), gradients.dx.data(), allowed);
  for (const auto& [parameter, values] : gradients.parameters) {
    const std::string tensor = std::string("d").append(parameter.substr(parameter.find('/') + 1));
    compare(what + tensor, group.tensor(name + "/" + tensor), values.data(), allowed);
  }
}

/// `rounded`: how far off the reference itself may be, where Keras rounds a constant to float32.
template <class InputLayer, class Layer>
void run_layer(Group& group, const std::string& name, double rounded = 0) {
  if (!group.has(name + "/x")) return;  // a case of another folder
  run_layer_as<double, InputLayer, Layer>(group, name, rounded);
  run_layer_as<float, InputLayer, Layer>(group, name, rounded);
  group.ran(name);
}

}  // namespace keras
