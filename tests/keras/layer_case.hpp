// Runs one case of a layer, in double and in float: what it gives, and the gradients with respect to its input and to
// every parameter.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"

namespace keras {

/// A layer alone, with the parameters and the input of a case; and how its numbers are compared with those of the case.
template <class Scalar, class InputLayer, class Layer>
struct LayerCase {
  using Model = latent::Model<Scalar, InputLayer, Layer>;
  static constexpr auto input_shape = Model::input_shape::dimensions, output_shape = Model::output_shape::dimensions;

  const Group& group;
  const std::string name;
  const double allowed;
  Model model;
  typename Model::InputTensor x;

  LayerCase(const Group& of, const std::string& case_name, double rounded)
      : group(of), name(case_name), allowed(std::max(rounded, tolerance<Scalar>(1e-12, 1e-5))) {
    x = rows<typename Model::InputTensor>(tensor("x"), input_shape);
    for (auto& parameter : model.parameters()) set(parameter, tensor(own(parameter.name)));
  }

  /// "kernel" for "conv2d/kernel"
  static std::string own(const std::string& parameter) { return parameter.substr(parameter.find('/') + 1); }
  std::vector<double> tensor(const std::string& what) const { return group.tensor(name + "/" + what); }

  template <class Number>
  void compare(const std::string& what, const Number* got) const {
    compare(what, got, allowed);
  }
  template <class Number>
  void compare(const std::string& what, const Number* got, double tolerance) const {
    keras::compare(group.name() + ", case " + name + ", " + what, tensor(what), got, tolerance);
  }
  template <class Gradients>
  void compare_gradients(const Gradients& gradients, double dx_allowed) const {
    compare("dx", gradients.dx.data(), dx_allowed);
    for (const auto& [parameter, values] : gradients.parameters)
      compare(std::string("d").append(own(parameter)), values.data());
  }
};

template <class Scalar, class InputLayer, class Layer>
void run_layer_as(const Group& group, const std::string& name, double rounded) {
  using Case = LayerCase<Scalar, InputLayer, Layer>;
  const Case given(group, name, rounded);
  using Model = typename Case::Model;
  const auto dy = rows<typename Model::OutputTensor>(given.tensor("dy"), Case::output_shape);
  constexpr bool has_state = Model::network::trainable_params < Model::count_params();
  if constexpr (!has_state) {
    given.compare("y", given.model.predict(given.x).data());
    given.compare_gradients(given.model.backward(given.x, dy), given.allowed);
  } else {  // as in training, with the state before and after
    const latent::CallMode mode{.training = true};
    given.compare("y_inference", given.model.predict(given.x).data());
    given.compare("y", given.model.call(given.x, mode).data());
    // A normalisation takes mean and slope off; of two numbers in float hardly anything is left.
    const bool two = given.x.size() == 2 * Model::input_shape::channels;
    given.compare_gradients(given.model.backward(given.x, dy, mode),
                            two ? std::max(given.allowed, tolerance<Scalar>(0, 1e-4)) : given.allowed);
    Model trained = given.model;
    compile(trained, latent::SGD{.learning_rate = 0}, latent::MeanSquaredError{}).train_on_batch(given.x, dy);
    for (const auto& parameter : trained.parameters())
      if (!parameter.trainable) given.compare(Case::own(parameter.name) + "_after", parameter.data);
  }
}

/// `rounded`: how far off the reference itself may be, where Keras rounds a constant to float32.
template <class InputLayer, class Layer>
void run_layer(const Group& group, const std::string& name, double rounded = 0) {
  if (!group.has(name + "/x")) return;  // a case of another folder
  run_layer_as<double, InputLayer, Layer>(group, name, rounded);
  run_layer_as<float, InputLayer, Layer>(group, name, rounded);
  group.ran(name);
}

}  // namespace keras
