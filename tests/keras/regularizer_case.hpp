// Runs one case of a layer with penalties on its weights or on what it gives: the penalties and their gradients alone.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

using latent::Index;

template <class Scalar, class InputLayer, class Layer>
void run_regularizer_as(const Group& group, const std::string& name, double allowed) {
  using Model = latent::Model<Scalar, InputLayer, Layer>;
  const auto load = [&](const std::string& tensor, Scalar* to, Index size) {
    const auto values = group.tensor(name + "/" + tensor);
    REQUIRE(static_cast<Index>(values.size()) == size);
    std::transform(values.begin(), values.end(), to, [](double v) { return static_cast<Scalar>(v); });
  };
  const auto part_of = [](const std::string& parameter) { return parameter.substr(parameter.find('/') + 1); };
  typename Model::InputTensor::Dimensions dimensions;
  dimensions[0] = static_cast<Index>(group.tensor(name + "/x").size()) / Model::input_shape::size;
  std::copy(Model::input_shape::dimensions.begin(), Model::input_shape::dimensions.end(), dimensions.begin() + 1);
  typename Model::InputTensor x(dimensions);
  load("x", x.data(), x.size());
  Model model;
  for (auto& parameter : model.parameters()) load(part_of(parameter.name), parameter.data, parameter.size());

  const std::string what = group.name() + ", case " + name + ", ";
  auto y = model.predict(x);
  compare(what + "y", group.tensor(name + "/y"), y.data(), allowed);
  const double value = model.losses(x).at("regularization_loss");
  compare(what + "value", group.tensor(name + "/value"), &value, allowed);
  y.setZero();  // no other loss
  const auto gradients = model.backward(x, y);
  compare(what + "dx", group.tensor(name + "/dx"), gradients.dx.data(), allowed);
  for (const auto& [parameter, values] : gradients.parameters)
    compare(what + "d" + part_of(parameter), group.tensor(name + "/d" + part_of(parameter)), values.data(), allowed);
}

template <class InputLayer, class Layer>
void run_regularizer(Group& group, const std::string& name) {
  run_regularizer_as<double, InputLayer, Layer>(group, name, tolerance<double>(1e-12, 1e-5));
  run_regularizer_as<float, InputLayer, Layer>(group, name, tolerance<float>(1e-12, 1e-5));
  group.ran(name);
}

}  // namespace keras
