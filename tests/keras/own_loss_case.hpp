// Runs one case of what a layer itself adds to the loss: penalties on its weights or on what it gives, the divergence
// of a variational auto-encoder. Value and gradients, with no other loss.
#pragma once

#include "keras/layer_case.hpp"

namespace keras {

template <class Scalar>
void run_regularizer_as(const Group& group, const std::string& name, const AnyNetwork<Scalar>& network) {
  const LayerCase<Scalar> given(group, name, network, 0);
  const std::vector<Scalar> y = given.predict();
  given.compare("y", y.data());
  const double value = given.penalty();
  compare(group.name() + ", case " + name + ", value", given.tensor("value"), &value, given.allowed);
  given.compare_gradients(std::vector<double>(y.size()), {}, given.allowed);
}

template <class InputLayer, class Layer>
void run_regularizer(const Group& group, const std::string& name) {
  if (!group.has(name + "/x")) return;  // a case of another folder
  using Model = latent::Sequential<InputLayer, Layer>;
  run_regularizer_as(group, name, AnyNetwork<double>::of<typename Model::template in<double>::network>());
  run_regularizer_as(group, name, AnyNetwork<float>::of<typename Model::network>());
  group.ran(name);
}

template <class Scalar, Index latent_size>
void run_kl_as(const Group& group, const std::string& name) {
  using latent::Input, latent::Named;
  using Model = latent::Model<Scalar, Named<"z_mean", Input<latent_size>>, Named<"z_log_var", Input<latent_size>>,
                              latent::Sampling<>>;
  const auto given = [&](const std::string& tensor) {
    return rows<latent::Tensor<2, Scalar>>(group.tensor(name + "/" + tensor), Model::input_shape::dimensions);
  };
  const auto z_mean = given("z_mean"), z_log_var = given("z_log_var");
  const double allowed = tolerance<Scalar>(1e-12, 1e-5);
  const std::string what = group.name() + ", case " + name + ", ";
  const Model model;
  const double value = model.losses({z_mean, z_log_var}).at("kl_loss");
  compare(what + "value", group.tensor(name + "/value"), &value, allowed);
  auto dy = model.predict({z_mean, z_log_var});
  const auto [dz_mean, dz_log_var] = model.backward({z_mean, z_log_var}, dy.setZero()).dx;
  compare(what + "dz_mean", group.tensor(name + "/dz_mean"), dz_mean.data(), allowed);
  compare(what + "dz_log_var", group.tensor(name + "/dz_log_var"), dz_log_var.data(), allowed);
}

template <Index latent_size>
void run_kl(const Group& group, const std::string& name) {
  if (!group.has(name + "/z_mean")) return;  // a case of another folder
  run_kl_as<double, latent_size>(group, name);
  run_kl_as<float, latent_size>(group, name);
  group.ran(name);
}

}  // namespace keras
