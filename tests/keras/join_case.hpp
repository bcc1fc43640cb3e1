// Runs one case of a layer that joins values (Add, Concatenate, ...), in double and in float.
#pragma once

#include "keras/layer_case.hpp"

namespace keras {

/// `Model` has the Inputs x_0, x_1, ... and nothing but the join.
template <class Model>
void run_join(const Group& group, const std::string& name) {
  if (!group.has(name + "/x_0")) return;  // a case of another folder
  run_network<Model>(group, name);
}

}  // namespace keras
