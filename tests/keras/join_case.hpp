// Runs one case of a layer that joins values (Add, Concatenate, ...), in double and in float: what it gives, and the
// gradients with respect to all that it reads.
#pragma once

#include <latent/latent.hpp>

#include "keras/reference.hpp"
#include "keras/several.hpp"

namespace keras {

template <class Model>
void run_join_as(const Group& group, const std::string& name) {
  using network = typename Model::network;
  using Scalar = typename Model::Scalar;
  const std::string what = group.name() + ", case " + name + ", ";
  const double allowed = tolerance<Scalar>(1e-12, 1e-5);
  std::vector<std::vector<double>> inputs;
  for (int i = 0; i < network::inputs; ++i) inputs.push_back(group.tensor(name + "/x_" + std::to_string(i)));
  const auto x = batches<typename Model::InputTensor>(inputs, network::input_shapes);
  const auto dy = rows<typename Model::OutputTensor>(group.tensor(name + "/dy"), network::output_shapes[0]);
  const Model model;
  compare(what + "y", group.tensor(name + "/y"), model.predict(referred(x)).data(), allowed);
  const auto gradients = model.backward(referred(x), dy);
  std::apply(
      [&, i = 0](const auto&... dx) mutable {
        const auto compare_one = [&](const auto& one) {
          const std::string tensor = "dx_" + std::to_string(i++);
          compare(what + tensor, group.tensor(name + "/" + tensor), one.data(), allowed);
        };
        (compare_one(dx), ...);
      },
      gradients.dx);
}

/// `Model` has the Inputs x_0, x_1, ... and nothing but the join.
template <class Model>
void run_join(const Group& group, const std::string& name) {
  if (!group.has(name + "/x_0")) return;  // a case of another folder
  run_join_as<typename Model::template in<double>>(group, name);
  run_join_as<Model>(group, name);
  group.ran(name);
}

}  // namespace keras
