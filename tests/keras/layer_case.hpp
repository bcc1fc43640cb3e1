// Runs one case of a layer, in double and in float: what it gives, and the gradients with respect to its inputs and to
// every parameter.
#pragma once

#include <functional>
#include <latent/latent.hpp>
#include <numeric>

#include "keras/reference.hpp"

namespace keras {

/// A network, whatever its type: what is done with one is compiled once, not for each of the hundreds of layers here.
template <class Scalar>
struct AnyNetwork {
  const latent::engine::Plan<Scalar>&forward, &backward;
  std::span<const std::span<const Index>> input_shapes;
  std::span<const Index> output_shape;

  template <class network>
  static AnyNetwork of() {
    return {network::template plan<>, network::template plan<0, latent::engine::Backward::input>, network::input_shapes,
            network::output_shapes[0]};
  }
};

inline Index product(std::span<const Index> shape) {
  return std::accumulate(shape.begin(), shape.end(), Index(1), std::multiplies<>());
}

/// A network with the parameters and the input of a case; and how its numbers are compared with those of the case.
template <class Scalar>
struct LayerCase {
  const Group& group;
  const std::string name;
  const AnyNetwork<Scalar> network;
  const double allowed;
  /// What a constant is off by (less than a float's rounding, 1e-7) does not become less where all numbers are small.
  const double at_least;
  std::vector<std::vector<Scalar>> x;  ///< of each Input, (samples, ...shape)
  Index samples = 0;
  std::shared_ptr<Scalar[]> parameters;

  LayerCase(const Group& of, const std::string& case_name, const AnyNetwork<Scalar>& its_network, double rounded)
      : group(of),
        name(case_name),
        network(its_network),
        allowed(std::max(rounded, tolerance<Scalar>(1e-12, 1e-5))),
        at_least(rounded > 0 && rounded < 1e-7 && std::is_same_v<Scalar, double> ? 1 : 0),
        parameters(latent::aligned_zeros<Scalar>(network.forward.parameters)) {
    for (std::size_t i = 0; i < network.input_shapes.size(); ++i) {
      x.push_back(numbers<Scalar>(tensor(of_input("x", i))));
      const auto size = static_cast<Index>(x[i].size()), of_sample = product(network.input_shapes[i]);
      if (i == 0) samples = size / of_sample;
      REQUIRE(size == samples * of_sample);
    }
    for (auto& parameter : named(parameters.get())) set(parameter, tensor(parameter.name));
  }

  /// "x", or of several Inputs "x_0", "x_1", ...
  std::string of_input(const std::string& what, std::size_t i) const {
    return network.input_shapes.size() == 1 ? what : what + "_" + std::to_string(i);
  }
  std::vector<double> tensor(const std::string& what) const { return group.tensor(name + "/" + what); }
  /// "kernel", "bias", ... in a buffer that is laid out like the parameters.
  std::vector<latent::NamedTensor<Scalar>> named(Scalar* buffer) const {
    const std::vector<latent::LayerName> names(x.size() + network.forward.layers.size());
    auto all = latent::engine::named_tensors<Scalar>(network.forward.layers, nullptr, names, buffer);
    for (auto& one : all) one.name.erase(0, one.name.find('/') + 1);
    return all;
  }

  /// The output for x, as Model::predict computes it.
  std::vector<Scalar> predict() const {
    std::vector<Scalar> y(static_cast<std::size_t>(samples * product(network.output_shape)));
    Scalar* const outputs[]{y.data()};
    const auto inputs = pointers<const Scalar*>(x);
    latent::engine::Sessions<Scalar>().forward(network.forward, parameters.get(), {inputs.data(), samples}, outputs, 1);
    return y;
  }
  /// The output in training. Parameters that are not trained are then those after the step.
  std::vector<Scalar> train() {
    std::vector<Scalar> y(static_cast<std::size_t>(samples * product(network.output_shape)));
    Scalar* const outputs[]{y.data()};
    const auto inputs = pointers<const Scalar*>(x);
    latent::engine::Pass<Scalar> pass(network.forward);
    pass.begin({.training = true}, samples, 1);
    const auto prepared = latent::engine::prepared(network.forward, parameters.get());
    run_forward(pass, parameters.get(), prepared.get(), {inputs.data(), samples}, outputs);
    pass.remember(parameters.get());
    return y;
  }

  /// What regularizers add to the loss, of a sample, as Model::losses computes it.
  double penalty() const {
    Scalar* const nowhere[]{nullptr};
    const auto inputs = pointers<const Scalar*>(x);
    const std::vector<double> sums = latent::engine::forward<Scalar>(network.forward, parameters.get(), nullptr,
                                                                     {inputs.data(), samples}, nowhere, {}, 1);
    const double on_parameters =
        latent::engine::penalties<Scalar>(network.forward.layers, nullptr, parameters.get(), nullptr);
    return sums[network.forward.penalty_part] / static_cast<double>(samples) + on_parameters;
  }

  void compare(const std::string& what, const Scalar* got, double tolerance, double least) const {
    keras::compare(group.name() + ", case " + name + ", " + what, tensor(what), got, tolerance, least);
  }
  void compare(const std::string& what, const Scalar* got) const { compare(what, got, allowed, at_least); }
  /// Runs forward and backward from dy, the gradient with respect to the output, and compares all gradients.
  void compare_gradients(const std::vector<double>& dy, const latent::CallMode& mode, double dx_allowed) const {
    std::vector<std::vector<Scalar>> dx = x;
    const auto inputs = pointers<const Scalar*>(x);
    const auto of_inputs = pointers<Scalar*>(dx);
    const std::vector<Scalar> of_output = numbers<Scalar>(dy);
    const Scalar* const of_outputs[]{of_output.data()};
    const auto gradients = latent::aligned_zeros<Scalar>(network.backward.parameters);
    latent::engine::backward<Scalar>(network.backward, parameters.get(), nullptr, {inputs.data(), samples}, of_outputs,
                                     mode, of_inputs.data(), gradients.get(), 1);
    // A gradient is a sum over outputs: what each is off by adds up like so many numbers of any sign.
    const double least = at_least * std::sqrt(std::inner_product(dy.begin(), dy.end(), dy.begin(), 0.0));
    for (std::size_t i = 0; i < dx.size(); ++i) compare(of_input("dx", i), dx[i].data(), dx_allowed, least);
    for (const auto& parameter : named(gradients.get()))
      if (parameter.trainable) compare("d" + parameter.name, parameter.data, allowed, least);
  }

 private:
  template <class Pointer, class Several>
  static std::vector<Pointer> pointers(Several& several) {
    std::vector<Pointer> made;
    for (auto& one : several) made.push_back(one.data());
    return made;
  }
};

template <class Scalar>
void run_layer_as(const Group& group, const std::string& name, const AnyNetwork<Scalar>& network, double rounded) {
  LayerCase<Scalar> given(group, name, network, rounded);
  const auto parameters = given.named(given.parameters.get());
  const auto is_state = [](const auto& parameter) { return !parameter.trainable; };
  if (std::none_of(parameters.begin(), parameters.end(), is_state)) {
    given.compare("y", given.predict().data());
    given.compare_gradients(given.tensor("dy"), {}, given.allowed);
  } else {  // as in training, with the state before and after
    given.compare("y_inference", given.predict().data());
    // A normalisation takes mean and slope off; of two numbers in float hardly anything is left.
    const bool two = given.samples * product(network.input_shapes[0]) == 2 * network.input_shapes[0].back();
    given.compare_gradients(given.tensor("dy"), {.training = true},
                            two ? std::max(given.allowed, tolerance<Scalar>(0, 1e-4)) : given.allowed);
    given.compare("y", given.train().data());
    for (const auto& parameter : parameters)
      if (is_state(parameter)) given.compare(parameter.name + "_after", parameter.data);
  }
}

/// `rounded`: how far off the reference itself may be, where Keras rounds a constant to float32.
template <class Model>
void run_network(const Group& group, const std::string& name, double rounded = 0) {
  using Exact = typename Model::template in<double>::network;
  run_layer_as(group, name, AnyNetwork<double>::of<Exact>(), rounded);
  run_layer_as(group, name, AnyNetwork<float>::of<typename Model::network>(), rounded);
  group.ran(name);
}

/// The same of one layer.
template <class InputLayer, class Layer>
void run_layer(const Group& group, const std::string& name, double rounded = 0) {
  if (!group.has(name + "/x")) return;  // a case of another folder
  run_network<latent::Sequential<InputLayer, Layer>>(group, name, rounded);
}

}  // namespace keras
