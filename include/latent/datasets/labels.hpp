/// Labels as targets: numbers of classes for SparseCategoricalCrossentropy, one-hot rows for CategoricalCrossentropy.
#pragma once

#include <algorithm>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/tensor.hpp"

namespace latent::datasets {

/// `trainer.fit(train.images, as_tensor(train.labels))`, where the loss is a SparseCategoricalCrossentropy.
[[nodiscard]] inline Tensor<1> as_tensor(const std::vector<int>& labels) {
  Tensor<1> tensor(static_cast<Index>(labels.size()));
  std::transform(labels.begin(), labels.end(), tensor.data(), [](int label) { return static_cast<float>(label); });
  return tensor;
}

/// A row of `num_classes` numbers for each label, 1 at the label and 0 elsewhere. Throws std::invalid_argument for a
/// label that is not 0 ... num_classes - 1, and for a number of classes below 1. https://keras.io/api/utils/python_utils/#to_categorical-function
[[nodiscard]] inline Tensor<2> to_categorical(const std::vector<int>& labels, Index num_classes) {
  check(num_classes >= 1, "to_categorical: expected at least 1 class, received ", num_classes);
  auto rows = new_tensor<Tensor<2>>(Tensor<2>::Dimensions(static_cast<Index>(labels.size()), num_classes));
  rows.setZero();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    check(labels[i] >= 0 && labels[i] < num_classes, "to_categorical: sample ", i, " has the label ", labels[i],
          ", expected a number of a class, 0 to ", num_classes - 1);
    rows(static_cast<Index>(i), labels[i]) = 1;
  }
  return rows;
}

}  // namespace latent::datasets
