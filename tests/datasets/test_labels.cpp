#include <doctest/doctest.h>

#include <latent/datasets/labels.hpp>

using namespace latent;
using namespace latent::datasets;

TEST_CASE("labels become numbers or one-hot rows") {
  const std::vector<int> labels{2, 0};
  const Tensor<1> numbers = as_tensor(labels);
  CHECK(numbers(0) == 2);
  CHECK(numbers(1) == 0);
  const Tensor<2> rows = to_categorical(labels, 3);
  CHECK(std::vector<float>(rows.data(), rows.data() + rows.size()) == std::vector<float>{0, 0, 1, 1, 0, 0});
  CHECK_THROWS_WITH_AS((void)to_categorical({0, 3}, 3),
                       "to_categorical: sample 1 has the label 3, expected a number of a class, 0 to 2",
                       std::invalid_argument);
  std::vector<int> fewer{1, 0, 3};
  fewer.pop_back();  // what may still lie behind the end is not looked at
  CHECK(to_categorical(fewer, 3).dimension(0) == 2);
  CHECK_THROWS_AS((void)to_categorical({-1}, 3), std::invalid_argument);
  CHECK(to_categorical({0, 0}, 1)(1, 0) == 1);
  CHECK_THROWS_AS((void)to_categorical({}, 0), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)to_categorical({}, -1), "to_categorical: expected at least 1 class, received -1",
                       std::invalid_argument);
}
