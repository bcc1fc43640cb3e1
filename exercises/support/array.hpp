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
};

/// "[0][1]" for element `flat` of an array of that shape, and nothing for a single number.
inline std::string place(const std::vector<Index>& shape, Index flat) {
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0; flat /= shape[axis])
    text = "[" + std::to_string(flat % shape[axis]) + "]" + text;
  return text;
}

}  // namespace marks
