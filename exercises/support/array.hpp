/// Numbers with a shape, as the marker compares and prints them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace marks {

using Index = std::ptrdiff_t;  // latent's

/// Row-major; an empty shape is a single number.
struct Array {
  std::vector<Index> shape;
  std::vector<double> values;
  /// One name is that of the array. Several are those of its parts, along the first axis: {"d_mean", "d_log_var"}.
  std::vector<std::string> names = {};
  /// What the indices are, if the array is a table of a function: {"n", "k", "s"}. Its places are then "n = 6, k = 3, s = 2".
  std::vector<std::string> arguments = {};
};

/// "[0][1]", or with names "dkernel[0][1]", for element `flat` of an array; nothing for a single number without a name.
inline std::string place(const Array& array, Index flat) {
  const bool parts = array.names.size() > 1;
  std::string text;
  if (!array.arguments.empty()) {
    for (std::size_t axis = array.shape.size(); axis-- > 0; flat /= array.shape[axis])
      text =
          array.arguments[axis] + " = " + std::to_string(flat % array.shape[axis]) + (text.empty() ? "" : ", ") + text;
    return text;
  }
  for (std::size_t axis = array.shape.size(); axis-- > (parts ? 1 : 0); flat /= array.shape[axis])
    text = "[" + std::to_string(flat % array.shape[axis]) + "]" + text;
  return array.names.empty() ? text : array.names[parts ? static_cast<std::size_t>(flat) : 0] + text;
}

}  // namespace marks
